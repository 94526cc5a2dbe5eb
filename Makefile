# Forwards to ./x, the one entry; Meson is the build.
.PHONY: all test demo lint fmt bench install clean
all:
	@./x build
test demo lint fmt bench install:
	@./x $@
clean:
	rm -rf build build-asan build-tsan build-fuzz
