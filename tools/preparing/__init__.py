"""What tools/prepare_data.py does for one data set or another."""
