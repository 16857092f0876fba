curl https://your-space.signalwire.com/api/relay/rest/mfa/sms \
-X POST \
-u 'YourProjectID:YourAuthToken' \
-H 'Content-Type: application/json' \
-d '{
"to": "+15557788999",
"from": "+5554433222",
"message": "Here is your code: ",
"allow_alpha": true,
"token_length": 8,
"valid_for": 7200,
"max_attempts": 4
}'
