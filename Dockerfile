# The page is built by Node, the wheels by pip; the image that runs has neither compilers nor Node.
FROM node:22-slim AS page
WORKDIR /src/frontend/web
COPY frontend/web/package.json frontend/web/package-lock.json frontend/web/.npmrc ./
RUN npm ci
COPY frontend/web ./
RUN npm run build

FROM python:3.11-slim AS build
WORKDIR /src
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY model model
COPY tiles tiles
COPY server server
COPY --from=page /src/server/page server/page
# The CPU build of torch lives in an index of its own; name it with --build-arg where the default index has only CUDA builds.
ARG TORCH_INDEX=""
RUN python -m venv /opt/earshot \
 && /opt/earshot/bin/pip install --no-cache-dir -c constraints.txt ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} .

FROM python:3.11-slim
# rasterio's wheels bring all of GDAL but this.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libexpat1 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 1000 earshot && mkdir /data && chown earshot /data
COPY --from=build /opt/earshot /opt/earshot
ENV PATH=/opt/earshot/bin:$PATH EARSHOT_HOST=0.0.0.0 EARSHOT_PORT=8000 EARSHOT_DATA_DIR=/data
USER earshot
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["earshot", "serve"]
