"""The run view: what an operator looks at for eight hours. One file a panel."""
