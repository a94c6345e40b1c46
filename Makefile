.PHONY: up down status

up:      ## everything, until Ctrl-C
	cargo build --workspace --bins && target/debug/platform up

down:    ## stop what `make up` left, if anything
	target/debug/platform down

status:  ## every process
	target/debug/platform status
