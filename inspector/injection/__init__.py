"""Scripted faults: an integrator proves, without hardware, that the line ends each as it should."""
