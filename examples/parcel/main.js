import "mfa-code/define";
