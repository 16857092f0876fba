<?php
// The endpoint of <mfa-code> in PHP, and a site around it: `php -S 127.0.0.1:8000 index.php`.
//
// The number comes out of the session; of the page's body nothing but the token is read. PHP locks a
// session while a request has it, so that two requests of one visitor are answered one after the other.
// There is no password; put yours into /login. Counts are in a file: for several machines, a database.

const TRIES = 3; // of a person in TRIES_FOR seconds, whatever the number of codes
const TRIES_FOR = 600;
const VALID_FOR = 600;
const SENDS_AN_HOUR = ['number' => 5, 'all' => 200];
const STATUS = ['invalid_request' => 400, 'ticket_invalid' => 403, 'origin_forbidden' => 403, 'not_found' => 404,
    'interaction_closed' => 404, 'method_not_allowed' => 405, 'payload_too_large' => 413,
    'unsupported_media_type' => 415, 'invalid_token' => 422, 'rate_limited' => 429, 'upstream_failed' => 502];

ini_set('display_errors', '0'); // Nothing of what goes wrong is for the page.
define('RESEND_AFTER', (int) (getenv('RESEND_AFTER') ?: 30));
define('STATE_FILE', getenv('STATE_FILE') ?: sys_get_temp_dir() . '/mfa-counts.json');

final class Problem extends Exception {
    public function __construct(public string $name, public array $more = [], public float $wait = 0) {
        parent::__construct($name);
    }
}

/** Reads and changes the times by key, with everybody else locked out meanwhile. */
function counts(callable $act): mixed {
    $file = fopen(STATE_FILE, 'c+');
    if (!$file || !flock($file, LOCK_EX)) throw new Problem('upstream_failed');
    $times = json_decode(stream_get_contents($file), true) ?: [];
    foreach ($times as $key => $list) $times[$key] = array_values(array_filter($list, fn($at) => $at > microtime(true) - 3600));
    try {
        return $act($times);
    } finally {
        ftruncate($file, 0);
        rewind($file);
        fwrite($file, json_encode(array_filter($times)));
        fclose($file);
    }
}

// Nobody's number is in the file.
$keyOf = fn(string $kind) => hash_hmac('sha256', $kind . ($_SESSION['number'] ?? ''), getenv('SESSION_SECRET'));
$failures = fn(array $times) => array_values(array_filter($times[$keyOf('failed')] ?? [], fn($at) => $at > microtime(true) - TRIES_FOR));

function call(string $path, array $body): array {
    $basic = base64_encode(getenv('MFA_PROJECT_ID') . ':' . getenv('MFA_API_TOKEN'));
    $context = stream_context_create(['http' => ['method' => 'POST', 'content' => json_encode($body), 'timeout' => 10,
        'ignore_errors' => true, 'follow_location' => 0,
        'header' => "Authorization: Basic $basic\r\nContent-Type: application/json\r\nConnection: close"]]);
    $text = @file_get_contents(getenv('MFA_UPSTREAM_URL') . "/api/relay/rest/mfa$path", false, $context);
    if ($text === false) throw new Problem('upstream_failed');
    $status = (int) explode(' ', $http_response_header[0])[1];
    return [$status, $status < 300 ? (json_decode($text, true) ?: []) : []];
}

$start = function (string $channel) use ($keyOf, $failures): array {
    $number = $_SESSION['number'] ?? throw new Problem('ticket_invalid');
    $left = counts(function (array &$times) use ($keyOf, $failures) {
        [$now, $failed] = [microtime(true), $failures($times)];
        if (count($failed) >= TRIES) throw new Problem('rate_limited', [], $failed[0] + TRIES_FOR - $now);
        $limits = [[$keyOf('sent'), SENDS_AN_HOUR['number']], ['all', SENDS_AN_HOUR['all']]];
        $sent = $times[$limits[0][0]] ?? [];
        $last = $sent ? end($sent) : 0;
        if ($now - $last < RESEND_AFTER) throw new Problem('rate_limited', [], $last + RESEND_AFTER - $now);
        foreach ($limits as [$key, $most]) {
            if (count($times[$key] ?? []) >= $most) throw new Problem('rate_limited', [], $times[$key][0] + 3600 - $now);
        }
        // Before the call: two requests at once send one message.
        foreach ($limits as [$key]) $times[$key][] = $now;
        return TRIES - count($failed);
    });
    $config = ['token_length' => 6, 'allow_alphas' => false, 'valid_for' => VALID_FOR];
    [, $answer] = call("/$channel", ['to' => $number, 'max_attempts' => TRIES] + $config);
    if (($answer['success'] ?? null) !== true) throw new Problem('upstream_failed');
    $_SESSION['open'] = ['id' => $answer['id'], 'until' => time() + VALID_FOR, 'reason' => null];
    return ['id' => $answer['id'], 'success' => true, 'channel' => $channel, 'to' => '••• ' . substr($number, -4),
        'max_attempts' => $left, 'resend_after' => RESEND_AFTER, 'channels' => ['sms', 'call']] + $config;
};

$verify = function (string $id, string $token) use ($keyOf, $failures): array {
    $open = &$_SESSION['open'];
    if (!isset($open) || $open['id'] !== $id) throw new Problem('interaction_closed', ['reason' => 'unknown']);
    if ($open['reason'] || time() >= $open['until']) {
        throw new Problem('interaction_closed', ['reason' => $open['reason'] ?? 'expired']);
    }
    if (!preg_match('/^[0-9]{6}$/D', $token)) throw new Problem('invalid_token');
    $left = counts(function (array &$times) use ($keyOf, $failures) {
        if (count($failures($times)) >= TRIES) throw new Problem('interaction_closed', ['reason' => 'exhausted']);
        $times[$keyOf('failed')][] = microtime(true); // Before the call: two guesses at once are two.
        return max(0, TRIES - count($failures($times)));
    });
    [$status, $answer] = call("/{$open['id']}/verify", ['token' => $token]);
    $success = $answer['success'] ?? null;
    if ($success === true) {
        counts(function (array &$times) use ($keyOf) { unset($times[$keyOf('failed')]); });
        $open['reason'] = 'used';
        $_SESSION['verified'] = true;
        return ['success' => true];
    }
    if ($left === 0) $open['reason'] = 'exhausted';
    elseif ($status === 404) $open['reason'] = 'expired';
    if ($status === 404) throw new Problem('interaction_closed', ['reason' => $open['reason']]);
    return $success === false ? ['success' => false, 'attempts_left' => $left] : throw new Problem('upstream_failed');
};

function at_the_door(): array {
    [$site, $origin] = [$_SERVER['HTTP_SEC_FETCH_SITE'] ?? 'same-origin', $_SERVER['HTTP_ORIGIN'] ?? null];
    $isOurs = $origin === null || preg_replace('~^https?://~', '', $origin) === $_SERVER['HTTP_HOST'];
    if ($site !== 'same-origin' || !$isOurs) throw new Problem('origin_forbidden');
    $type = strtolower(trim(explode(';', $_SERVER['CONTENT_TYPE'] ?? '')[0]));
    if ($type !== 'application/json') throw new Problem('unsupported_media_type');
    $text = file_get_contents('php://input', false, null, 0, 16385);
    if (strlen($text) > 16384) throw new Problem('payload_too_large');
    $body = json_decode($text, false, 32);
    return $body instanceof stdClass ? (array) $body : throw new Problem('invalid_request');
}

$endpoint = function (string $path) use ($start, $verify): array {
    $isStart = preg_match('~^/(sms|call)$~', $path, $to) === 1;
    if (!$isStart && !preg_match('~^/([^/]+)/verify$~', $path, $to)) throw new Problem('not_found');
    if ($_SERVER['REQUEST_METHOD'] !== 'POST') throw new Problem('method_not_allowed');
    $body = at_the_door();
    if (!$isStart && !is_string($body['token'] ?? null)) throw new Problem('invalid_request');
    // The first answer for whoever repeats a request under its key.
    $key = isset($_SERVER['HTTP_IDEMPOTENCY_KEY']) ? "$path {$_SERVER['HTTP_IDEMPOTENCY_KEY']}" : null;
    if ($key && isset($_SESSION['answers'][$key])) return $_SESSION['answers'][$key];
    $answer = $isStart ? $start($to[1]) : $verify(rawurldecode($to[1]), $body['token']);
    if ($key) $_SESSION['answers'] = array_slice($_SESSION['answers'] ?? [], -20) + [$key => $answer];
    return $answer;
};

$isSecure = getenv('HTTPS') === 'on' || !empty($_SERVER['HTTPS']);
session_set_cookie_params(['httponly' => true, 'samesite' => 'Lax', 'secure' => $isSecure]);
ini_set('session.use_strict_mode', '1');
header_remove('X-Powered-By');
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/';
if (str_starts_with($path, '/mfa-code/')) { // The element's files; your web server does this better.
    $name = preg_match('~^/mfa-code/((?:locales/)?[\w.-]+)$~D', $path, $to) ? $to[1] : '';
    $file = (getenv('MFA_CODE_DIST') ?: '../../../dist') . "/$name";
    header('Content-Type: ' . (str_ends_with($file, '.wasm') ? 'application/wasm' : 'text/javascript'));
    if (!is_file($file)) http_response_code(404);
    else readfile($file);
    exit;
}
session_start();
header('Cache-Control: no-store');
if (str_starts_with($path, '/mfa/')) {
    try {
        $answer = $endpoint(substr($path, 4));
        header('Content-Type: application/json');
    } catch (Throwable $error) {
        if (!$error instanceof Problem) $error = new Problem('upstream_failed');
        $answer = ['code' => $error->name, 'status' => STATUS[$error->name]] + $error->more;
        http_response_code($answer['status']);
        header('Content-Type: application/problem+json');
        if ($error->name === 'rate_limited') header('Retry-After: ' . max(1, (int) ceil($error->wait)));
    }
    echo json_encode($answer);
} elseif ($path === '/login' && $_SERVER['REQUEST_METHOD'] === 'POST') {
    session_regenerate_id(true); // A new id: nobody else has set it.
    $_SESSION = ['number' => getenv('DEMO_NUMBER') ?: '+12125550123'];
    header('Location: /', true, 303);
} else {
    $body = isset($_SESSION['verified']) ? '<p>Signed in.' : (isset($_SESSION['number'])
        ? '<form action="/"><mfa-code endpoint="/mfa" autosubmit></mfa-code><button>Continue</button></form>'
        : '<form method="post" action="/login"><button>Sign in as the demo person</button></form>');
    echo '<!doctype html><meta charset="utf-8"><title>Sign in</title>',
        '<script type="module" src="/mfa-code/define.js"></script>', $body;
}
