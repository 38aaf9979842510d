"""What we conclude per patient: on or off the drug, transfusion, response, flags."""
