-- Figures are kept between readings; what is new since is found by its end.
CREATE INDEX timeline_blip_end ON timeline_blip (to_at);
