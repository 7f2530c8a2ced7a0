using System.Globalization;

namespace DrOrchestrator.Probes;

/// <summary>The lines a story may have. Every one has its Chinese twin in the phrasebook, and a test holds the two together.</summary>
internal static class Story
{
    public const string Resolved = "resolved {0} to {1}";
    public const string Connected = "connected to {0}";
    public const string NotConnected = "no connection to {0}: {1}";
    public const string Secured = "TLS agreed: {0}, {1}";
    public const string Certificate = "certificate {0}, issued by {1}, valid until {2}";
    public const string ChainCertificate = "issuer in the chain {0}, valid until {1}";
    public const string Answered = "answered HTTP {0} over HTTP/{1}";
    public const string Read = "read {0} bytes of the answer";
    public const string ReadToTheLimit = "read {0} bytes of the answer, and no more: there are more";
    public const string PostgresSession = "session with {0}: PostgreSQL {1}, {2}";
    public const string PostgresSessionLost = "the session kept with {0} is gone: {1}";
    public const string PostgresCommitSent = "a row written to {0}, COMMIT sent";
    public const string ProgramEnded = "the program ended with exit code {0}; output: {1}; errors: {2}";

    public const string Redirected = "HTTP {0} redirects to {1}";
    public const string Proxy = "by the proxy {0}";
    public const string Heard = "heard {0} bytes";
    public const string HeardTheEnd = "heard {0} bytes, then the connection was closed";
    public const string Asked = "asked for {0} {1} at {2}";
    public const string AnsweredRecords = "answered {0}: {1}";
    public const string TimeToLive = "time to live {0} s";
    public const string Echo = "echo from {0} after {1} ms";
    public const string NoEcho = "no echo from {0}";

    public static string Days(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days");
}
