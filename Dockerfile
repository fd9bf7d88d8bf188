# The sync server alone. Data lies in /data; `compose.yaml` shows it with PostgreSQL.
# Without a proxy make a certificate first: tessera certificate make --host ADDRESS
FROM python:3.13-slim

RUN useradd --system --create-home tessera && install -d -o tessera /data
WORKDIR /srv/tessera
COPY pyproject.toml README.md LICENSE main.py ./
COPY .ci/constraints.txt .ci/
COPY app app
COPY assets assets
COPY locales locales
COPY sync_server sync_server
# Editable, so that the code finds assets and locales beside it.
RUN pip install --no-cache-dir -c .ci/constraints.txt -e '.[server]' \
  && python -m app.i18n.compile

USER tessera
ENV TESSERA_DATA=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8420
# The first start makes the deployment; each later one changes nothing.
CMD ["sh", "-c", "tessera init && exec tessera serve --host 0.0.0.0"]
