# gapjunction on a CPU, from its own wheel. Data and results are in folders that are mounted:
#   docker build -t gapjunction .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" gapjunction predict images
FROM python:3.12-slim AS build
WORKDIR /sources
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
COPY --from=build /wheels /wheels
# By its path: a package of this name elsewhere is not asked for.
RUN wheel=$(ls /wheels/gapjunction-*.whl) \
    && pip install --no-cache-dir "$wheel[czi,hub,lif,nd2,oib,oir,onnx,train]" \
    && rm -r /wheels
# Caches of ONNX files and of the Hub, and matplotlib's, are anybody's who runs it.
ENV HOME=/tmp MPLCONFIGDIR=/tmp/matplotlib
USER nobody
WORKDIR /work
ENTRYPOINT ["gapjunction"]
