"""How single faces are chosen, restored and put back."""
