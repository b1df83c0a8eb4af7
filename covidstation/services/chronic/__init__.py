"""Chronic disease and the elders' yearly check: diseases, visits, calls, figures."""
