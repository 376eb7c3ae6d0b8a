"""`dynostack secret`: encrypts values in a stack's file as the engine does."""
