# One image for every door: `tsuzuri up` (all on one machine), or serve / work / sweep one by one beside a Redis and a PostgreSQL.
FROM python:3.12-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends poppler-utils tesseract-ocr tesseract-ocr-eng tesseract-ocr-jpn libgl1 libglib2.0-0 fonts-ipafont-gothic \
 && rm -rf /var/lib/apt/lists/* \
 && pip install --no-cache-dir uv \
 && useradd --create-home --uid 10001 tsuzuri

WORKDIR /opt/tsuzuri
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
COPY pipelines pipelines
COPY schemas schemas
RUN uv pip install --system --compile-bytecode -c constraints.txt -e '.[service,station,delivery]'

ENV TSUZURI_HOME=/var/lib/tsuzuri TSUZURI_HOST=0.0.0.0 OMP_THREAD_LIMIT=1
RUN install -d -o tsuzuri /var/lib/tsuzuri
VOLUME /var/lib/tsuzuri
USER tsuzuri
EXPOSE 8420
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8420/healthz', timeout=5)"
CMD ["tsuzuri", "up"]
