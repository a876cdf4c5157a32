"""The style sheet of the window, made of colours and sizes."""

from ui.theme.colours import ORANGE, VERMILION, Colours
from ui.theme.sizes import Sizes


def style_sheet(colours: Colours, sizes: Sizes) -> str:
    """For the whole application. Widgets are named by the property `kind`."""
    c, s = colours, sizes
    return f"""
QWidget {{ color: {c.text}; font-size: {s.body}px; }}
QMainWindow, QDialog, QWidget[kind="ground"] {{ background: {c.ground}; }}
QWidget[kind="bar"] {{ background: {c.card}; }}
QFrame[kind="card"] {{
    background: {c.card}; border: 1px solid {c.border}; border-radius: {s.gap}px;
}}
QFrame[kind="notice"] {{
    background: {c.alarm}; border: 2px solid {ORANGE}; border-radius: {s.gap}px;
}}
QLabel {{ background: transparent; border: none; }}
QLabel[kind="soft"] {{ color: {c.soft}; }}
QLabel[kind="title"] {{ font-size: {s.title}px; font-weight: 600; }}
QLabel[kind="counter"] {{ font-size: {s.counter}px; font-weight: 600; }}
QLabel[kind="overlay"] {{
    background: rgba(11, 13, 15, 200); color: #E6EAEE; border-radius: 6px; padding: 4px 10px;
}}
QPushButton, QToolButton {{
    background: {c.button}; border: 2px solid {c.button}; border-radius: {s.gap}px;
    min-height: {s.touch - 4}px; min-width: {s.touch}px; padding: 0 14px; font-weight: 600;
}}
QPushButton:hover, QToolButton:hover {{ border-color: {c.touch}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {c.touch}; }}
QPushButton:pressed, QPushButton:checked, QToolButton:checked {{
    background: {c.chosen}; border-color: {c.touch};
}}
QPushButton:disabled {{ color: {c.soft}; background: {c.card}; border-color: {c.border}; }}
QPushButton[kind="start"] {{ background: {c.chosen}; border-color: {c.touch}; }}
QPushButton[kind="start"]:disabled {{ background: {c.card}; border-color: {c.border}; }}
QPushButton[kind="stop"] {{ background: {c.card}; border-color: {VERMILION}; }}
QPushButton[kind="stop"]:disabled {{ border-color: {c.border}; }}
QTableView {{
    background: {c.card}; alternate-background-color: {c.stripe}; border: none;
    selection-background-color: {c.chosen}; selection-color: {c.text}; outline: none;
}}
QTableView::item {{ padding: 0 8px; border: none; }}
QHeaderView {{ background: {c.card}; }}
QHeaderView::section {{
    background: {c.card}; color: {c.soft}; border: none; padding: 2px 8px; font-weight: 400;
}}
QScrollBar:vertical {{ background: {c.card}; width: 18px; margin: 0; }}
QScrollBar:horizontal {{ background: {c.card}; height: 18px; margin: 0; }}
QScrollBar::handle {{ background: {c.border}; border-radius: 6px; min-height: 48px; margin: 3px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QTabWidget::pane {{ border: none; }}
QTabBar::tab {{
    background: {c.button}; padding: 8px 14px; margin-right: {s.gap}px; border-radius: 6px;
    border: 2px solid {c.button};
}}
QTabBar::tab:selected {{ background: {c.chosen}; border-color: {c.touch}; }}
QToolTip {{ background: {c.card}; color: {c.text}; border: 1px solid {c.border}; }}
QPlainTextEdit {{ background: {c.ground}; border: 1px solid {c.border}; }}
"""
