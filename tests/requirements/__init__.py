"""What operators ask (R1-R86), one golden file each, judged under the shipped telecom pack."""
