"""What is put into torch while a script trains, and when it is used."""
