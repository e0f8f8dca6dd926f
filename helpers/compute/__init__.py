"""Numbers: the worked examples, two automatic routes to a gradient, descent, the graph, texts."""
