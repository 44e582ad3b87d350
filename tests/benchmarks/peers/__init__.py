"""The same mathematics written in other modelling libraries, to be measured beside the product."""
