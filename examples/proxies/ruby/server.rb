# The endpoint of <mfa-code> in Ruby, and a site around it: `ruby server.rb` (needs the gem webrick).
#
# The number comes out of the session; of the page's body nothing but the token is read. There is no
# password; put yours into /login. Sessions, counts and answers are in memory: lost with the process,
# and not shared between several.

require "json"
require "net/http"
require "securerandom"
require "webrick"

class Problem < StandardError
  attr_reader :code, :more, :wait

  def initialize(code, wait: nil, **more)
    super(code)
    @code, @wait, @more = code, wait, more
  end
end

class Endpoint
  TRIES = 3 # of a person in TRIES_FOR seconds, whatever the number of codes
  TRIES_FOR = 600
  VALID_FOR = 600
  SENDS_AN_HOUR = { number: 5, all: 200 }.freeze
  RESEND_AFTER = Integer(ENV.fetch("RESEND_AFTER", 30))
  STATUS = {
    "invalid_request" => 400, "ticket_invalid" => 403, "origin_forbidden" => 403, "not_found" => 404,
    "interaction_closed" => 404, "method_not_allowed" => 405, "payload_too_large" => 413,
    "unsupported_media_type" => 415, "invalid_token" => 422, "rate_limited" => 429, "upstream_failed" => 502,
  }.freeze

  def initialize
    @upstream, @project, @token = %w[MFA_UPSTREAM_URL MFA_PROJECT_ID MFA_API_TOKEN].map { |name| ENV.fetch(name) }
    @counts = {}
    # One request at a time: two at once send one message, and are two guesses.
    @lock = Mutex.new
  end

  def answer(request, response, path, person)
    response["Cache-Control"] = "no-store"
    response.content_type = "application/json"
    response.body = JSON.generate(route(request, path, person))
  rescue StandardError => error
    # Nothing of what went wrong is for the page.
    error = Problem.new("upstream_failed") unless error.is_a?(Problem)
    response.status = STATUS.fetch(error.code)
    response["Retry-After"] = [1, error.wait.ceil].max.to_s if error.wait
    response.content_type = "application/problem+json"
    response.body = JSON.generate({ code: error.code, status: response.status, **error.more })
  end

  private

  def route(request, path, person)
    channel = path[%r{\A/(sms|call)\z}, 1]
    id = path[%r{\A/([^/]+)/verify\z}, 1]
    raise Problem, "not_found" unless channel || id
    raise Problem, "method_not_allowed" unless request.request_method == "POST"

    body = at_the_door(request)
    token = body["token"]
    raise Problem, "invalid_request" unless channel || token.is_a?(String)

    unless person
      raise Problem, "ticket_invalid" if channel
      raise Problem.new("interaction_closed", reason: "unknown")
    end
    @lock.synchronize do
      once(request, person, path) { channel ? start(channel, person) : verify(id, token, person) }
    end
  end

  def at_the_door(request)
    site, origin = request["Sec-Fetch-Site"], request["Origin"]
    ours = origin.nil? || origin.sub(%r{\Ahttps?://}, "") == request["Host"]
    raise Problem, "origin_forbidden" if !ours || (site && site != "same-origin")

    type = request.content_type.to_s.split(";").first.to_s.strip.downcase
    raise Problem, "unsupported_media_type" if type != "application/json"

    text = +""
    request.body { |part| raise Problem, "payload_too_large" if (text << part).bytesize > 16_384 }
    body = JSON.parse(text)
    body.is_a?(Hash) ? body : raise(Problem, "invalid_request")
  rescue JSON::ParserError
    raise Problem, "invalid_request"
  end

  # The first answer for whoever repeats a request under its key.
  def once(request, person, path)
    key = request["Idempotency-Key"] or return yield
    answers = person[:answers]
    answers.delete(answers.keys.first) if answers.size > 20
    answers["#{path} #{key}"] ||= yield
  end

  def start(channel, person)
    number, now = person[:number], Time.now.to_f
    failed = times([:failed, number], TRIES_FOR)
    raise Problem.new("rate_limited", wait: failed.first + TRIES_FOR - now) if failed.size >= TRIES

    last = times(number, RESEND_AFTER).last
    raise Problem.new("rate_limited", wait: last + RESEND_AFTER - now) if last

    { number => SENDS_AN_HOUR[:number], :all => SENDS_AN_HOUR[:all] }.each do |key, most|
      sent = times(key, 3600)
      raise Problem.new("rate_limited", wait: sent.first + 3600 - now) if sent.size >= most
    end
    [number, :all].each { |key| count(key) }
    config = { token_length: 6, allow_alphas: false, valid_for: VALID_FOR }
    _, said = call("/#{channel}", { to: number, max_attempts: TRIES, **config })
    raise Problem, "upstream_failed" unless said["success"] == true

    person[:open] = { id: said["id"], until: now + VALID_FOR, reason: nil }
    { id: said["id"], success: true, channel: channel, to: "••• #{number[-4..]}", **config,
      max_attempts: TRIES - failed.size, resend_after: RESEND_AFTER, channels: %w[sms call] }
  end

  def verify(id, token, person)
    open, failed = person[:open], [:failed, person[:number]]
    raise closed("unknown") if open.nil? || open[:id] != id
    raise closed(open[:reason] || "expired") if open[:reason] || Time.now.to_f >= open[:until]
    raise Problem, "invalid_token" unless token.match?(/\A[0-9]{6}\z/)
    raise closed("exhausted") if times(failed, TRIES_FOR).size >= TRIES

    count(failed)
    status, said = call("/#{open[:id]}/verify", { token: token })
    if said["success"] == true
      @counts.delete(failed)
      open[:reason] = "used"
      person[:verified] = true
      return { success: true }
    end
    left = [0, TRIES - times(failed, TRIES_FOR).size].max
    open[:reason] = left.zero? ? "exhausted" : ("expired" if status == 404)
    raise closed(open[:reason]) if status == 404
    raise Problem, "upstream_failed" unless said["success"] == false

    { success: false, attempts_left: left }
  end

  def closed(reason) = Problem.new("interaction_closed", reason: reason)

  def times(key, seconds) = @counts.fetch(key, []).select { |at| at > Time.now.to_f - seconds }

  def count(key)
    @counts[key] = times(key, 3600) << Time.now.to_f
  end

  def call(path, body)
    url = URI("#{@upstream}/api/relay/rest/mfa#{path}")
    post = Net::HTTP::Post.new(url, "Content-Type" => "application/json")
    post.basic_auth(@project, @token)
    post.body = JSON.generate(body)
    # A send is never repeated.
    options = { use_ssl: url.scheme == "https", open_timeout: 3, read_timeout: 10, max_retries: 0 }
    got = Net::HTTP.start(url.host, url.port, **options) { |http| http.request(post) }
    [got.code.to_i, got.is_a?(Net::HTTPSuccess) ? JSON.parse(got.body) : {}]
  end
end

endpoint = Endpoint.new
people = {}
quiet = { Logger: WEBrick::Log.new(File::NULL), AccessLog: [] }
server = WEBrick::HTTPServer.new(BindAddress: "127.0.0.1", Port: Integer(ENV.fetch("PORT", 8000)), **quiet)
server.mount("/mfa-code", WEBrick::HTTPServlet::FileHandler, ENV.fetch("MFA_CODE_DIST", "../../../dist"))
server.mount_proc("/") do |request, response|
  person = people[request.cookies.find { |cookie| cookie.name == "sid" }&.value]
  # As it was sent: WEBrick's own `path` has `..%2F` resolved, which leads out of the endpoint.
  path = request.unparsed_uri.split("?").first.to_s
  if path.start_with?("/mfa/")
    endpoint.answer(request, response, path.delete_prefix("/mfa"), person)
  elsif path == "/login" && request.request_method == "POST"
    id = SecureRandom.urlsafe_base64(32) # A new id: nobody else has set it.
    people[id] = { number: ENV.fetch("DEMO_NUMBER", "+12125550123"), answers: {} }
    secure = ENV["HTTPS"] == "on" ? "; Secure" : ""
    response["Set-Cookie"] = "sid=#{id}; HttpOnly; SameSite=Lax; Path=/#{secure}"
    response.status = 303
    response["Location"] = "/"
  else
    form = '<form action="/"><mfa-code endpoint="/mfa" autosubmit></mfa-code><button>Continue</button></form>'
    login = '<form method="post" action="/login"><button>Sign in as the demo person</button></form>'
    response.content_type = "text/html"
    response["Cache-Control"] = "no-store"
    response.body = '<!doctype html><meta charset="utf-8"><title>Sign in</title>' \
      '<script type="module" src="/mfa-code/define.js"></script>' +
      (person.nil? ? login : person[:verified] ? "<p>Signed in." : form)
  end
end
trap("TERM") { server.shutdown }
trap("INT") { server.shutdown }
puts "http://127.0.0.1:#{server.listeners.first.addr[1]}/"
$stdout.flush
server.start
