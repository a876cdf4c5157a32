"""A panel shows its content or a sentence."""

from PySide6.QtWidgets import QApplication, QLabel

from ui.widgets.card import Card


def test_content_and_message_take_turns(application: QApplication) -> None:
    content = QLabel("content")
    card = Card(content)
    card.set_title("Title", "aside")
    card.show()
    assert content.isVisible()
    card.show_message("Nothing yet.")
    assert not content.isVisible()
    assert any(
        label.text() == "Nothing yet." and label.isVisible() for label in card.findChildren(QLabel)
    )
    card.show_content()
    assert content.isVisible()


def test_head_without_words_takes_no_room(application: QApplication) -> None:
    card = Card(QLabel("content"))
    card.show()
    assert not card.title.isVisible()
