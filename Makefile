# 安澜。make run 启动平台;make test 运行全部测试;make check 静态检查。
# Needs Python 3.11 or newer and make; everything else is fetched into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# Checks need settings but no site: they get a home of their own.
CHECK := ANLAN_HOME=$(CURDIR)/build/check PYTHONWARNINGS="ignore::RuntimeWarning" $(BIN)/anlan

.DEFAULT_GOAL := run
.PHONY: run stop test check chaos bench docs screenshots lock clean browser

run: $(VENV)/.installed
	@$(BIN)/python -m anlan.config.frontend
	@exec $(BIN)/anlan up

stop:
	@if [ -x $(BIN)/anlan ]; then $(BIN)/anlan stop; else echo "平台没有安装"; fi

# The longest files come first by name, so both processes end together.
test: $(VENV)/.installed-dev browser
	@$(BIN)/python -m anlan.config.frontend
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.installed-dev
	@echo "格式……"; $(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@echo "类型……"; $(BIN)/mypy
	@echo "层次……"; $(BIN)/lint-imports
	@echo "迁移……"; $(CHECK) makemigrations --check --dry-run
	@echo "生成的文档……"; $(CHECK) generate_docs --check
	@echo "词汇……"; $(BIN)/python -m pytest -q tests/meta/test_glossary.py

# Kills are chosen at random; the seed is printed. By hand: make chaos KILLS=500.
KILLS ?= 60
chaos: $(VENV)/.installed-dev
	@$(BIN)/python -m anlan.config.frontend
	@$(BIN)/python -m tests.chaos --kills $(KILLS)

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.bench.rules
	@$(BIN)/python -m tests.bench.sheets
	@$(BIN)/python -m tests.bench.site
	@$(BIN)/python -m tests.bench.ledger

docs: $(VENV)/.installed
	@$(CHECK) generate_docs

screenshots: $(VENV)/.installed-dev browser
	@$(BIN)/python -m anlan.config.frontend
	@$(BIN)/python -m scripts.screenshots

# Hashed and for every platform, without the addresses of package indexes.
lock: $(VENV)/.installed
	@$(PIP) install uv
	@for name in requirements requirements-dev; do \
	    $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	        --no-annotate --custom-compile-command "make lock" --upgrade $$name.in -o $$name.txt || exit 1; \
	done

clean:
	@rm -rf $(VENV) build frontend/node_modules src/anlan/static/build test-results src/*.egg-info
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "错误:需要 Python 3.11 或更新的版本(可用 make run PYTHON=python3.12 指定)"; exit 1; }
	@echo "建立 Python 环境……"
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	    || { echo "错误:缺少 venv 模块。请安装 python3-venv 软件包:apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "错误:Python 环境建立失败"; exit 1; }

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "安装依赖(首次约需一分钟)……"
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "安装测试所需的依赖……"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# The functional tests drive Debian's Chromium; without a CJK font its pictures show boxes.
browser:
	@if ! command -v chromium >/dev/null || ! fc-list 2>/dev/null | grep -q 'Noto.*CJK'; then \
	    echo "安装浏览器与中文字体……"; \
	    if ! command -v apt-get >/dev/null; then \
	        echo "错误:功能测试需要 chromium(/usr/bin/chromium)和 Noto CJK 字体,请用本机的软件包管理器安装"; exit 1; \
	    fi; \
	    if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo=sudo; else \
	        echo "错误:请先以管理员身份执行:apt-get install chromium fonts-noto-cjk"; exit 1; \
	    fi; \
	    export DEBIAN_FRONTEND=noninteractive; mkdir -p build; \
	    { $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends chromium chromium-l10n fonts-noto-cjk; } \
	        >build/browser.log 2>&1 || { tail -5 build/browser.log; echo "错误:安装 chromium 失败"; exit 1; }; \
	fi
