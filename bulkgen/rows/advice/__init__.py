"""What is allowed but most likely not meant: a sheet's rows as a careful colleague would look them over."""
