"""Tests of training, quantisation, packing."""
