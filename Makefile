# Two commands: make run, make test. The rest is what they and CI are made of.
bin := .venv/bin

.PHONY: run test install train validate lint types format bench race lock clean

run: install
	@exec $(bin)/istiqbal run --end-with-parent

test: install
	$(bin)/istiqbal train
	$(bin)/python -m pytest -q -n auto --maxprocesses 4 --dist loadgroup

install:
	@scripts/install

train: install
	$(bin)/istiqbal train

validate: install
	RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 PYTHONWARNINGS=ignore $(bin)/rasa data validate --fail-on-warnings

lint: install
	$(bin)/ruff check .
	$(bin)/ruff format --check .

types: install
	$(bin)/mypy

format: install
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

bench: install
	$(bin)/python -m bench.schedule
	$(bin)/python -m bench.imports

# Fifty patients and four at reception around ten times of one doctor, for a minute.
race: install
	$(bin)/python -m pytest -q tests/clinic/test_long_race.py --race-seconds 60

lock: install
	$$(command -v .tools/venv/bin/uv || command -v uv) pip compile --quiet --universal --python-version 3.10 --extra dev --generate-hashes pyproject.toml -o requirements.lock

# What can be made again. The data of the installation (.istiqbal/) stays.
clean:
	rm -rf .venv .tools .rasa .mypy_cache .ruff_cache .pytest_cache models/*.tar.gz
