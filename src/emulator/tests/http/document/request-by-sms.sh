curl https://your-space.signalwire.com/api/relay/rest/mfa/sms \
-X POST \
-u 'YourProjectID:YourAuthToken' \
-H 'Content-Type: application/json' \
-d '{
"to": "+15557788999"
}'
