"""What is answered: the models of every JSON body."""
