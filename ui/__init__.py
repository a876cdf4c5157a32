"""The operator's screen: the only room of Qt. It listens to the engine and never the other way."""
