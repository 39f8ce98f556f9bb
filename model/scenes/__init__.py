"""What we wrote: captions of each scene, descriptions of single sounds, and which scene each belongs to."""
