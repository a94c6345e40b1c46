#!/bin/sh
# Builds Jaeger 2.13 with nothing but Go >= 1.24: sh build.sh <output file>. About 4 minutes on 2 cores.
#
# `go install module@version` refuses a module with a replace directive, and Jaeger has one. So this makes a
# module of its own that takes over Jaeger's requirements and their checksums, and builds the command from it.
set -eu

version=v1.76.0 # the Go module's version of Jaeger 2.13
module=github.com/jaegertracing/jaeger
sum=h1:sWCOOF1dr+NL0PLil7mFo3BqqQL8k4WiM7aguFbc14g=
mod_sum=h1:hqcuJlLDTv7G2x5eFd/BhwcPdLxj3N+90aKhIzdOcKo=

output=$(realpath -m "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

source=$(go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
{
    echo "module jaeger-under-test"
    echo "require $module $version"
    sed -e '/^module /d' -e '/^toolchain /d' "$source/go.mod"
} >go.mod
{
    cat "$source/go.sum"
    echo "$module $version $sum"
    echo "$module $version/go.mod $mod_sum"
} >go.sum
go build -o "$output" "$module/cmd/jaeger"
