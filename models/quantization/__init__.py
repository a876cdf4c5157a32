"""Makes a smaller model of 8-bit integers and compares it with the float one."""
