-- SQLite only: without figures about the tables its planner prefers the wrong index for a page of a feed.

analyze;
