"""How the window looks: colours, sizes, fonts and the style sheet made of them."""
