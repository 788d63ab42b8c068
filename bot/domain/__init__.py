"""The rules of a ward's rhythm. Pure: no I/O, no await, no clock; whoever calls brings the time and the dice."""
