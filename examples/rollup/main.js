import "mfa-code/inline";
