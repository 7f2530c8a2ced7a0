using System.Net;
using DnsClient;
using DnsClient.Protocol;
using DrOrchestrator.Estates;
using DrOrchestrator.Words;

namespace DrOrchestrator.Probes;

/// <summary>One question to one name server, and what it answered. Nothing is cached, and no connection outlives a look.</summary>
internal sealed class DnsProbe(ProbeDefinition definition, DnsProbeSettings settings, ProbeContext context) : DeadlineProbe(definition, context)
{
    private static readonly Dictionary<string, DnsHeaderResponseCode> Rcodes = new(StringComparer.Ordinal)
    {
        ["NOERROR"] = DnsHeaderResponseCode.NoError,
        ["FORMERR"] = DnsHeaderResponseCode.FormatError,
        ["SERVFAIL"] = DnsHeaderResponseCode.ServerFailure,
        ["NXDOMAIN"] = DnsHeaderResponseCode.NotExistentDomain,
        ["NOTIMP"] = DnsHeaderResponseCode.NotImplemented,
        ["REFUSED"] = DnsHeaderResponseCode.Refused,
    };

    private readonly string _word = settings.Type.ToString().ToUpperInvariant();
    private LookupClient? _client;
    private IPEndPoint? _clientOf;
    private string _server = settings.Server ?? "the machine's name server";

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        var server = await ServerAsync(look, deadline).ConfigureAwait(false);
        _server = server.ToString();
        look.Note(Story.Asked, _word, settings.Name, _server);
        var began = look.Elapsed;
        var answer = await AskAsync(server, deadline).ConfigureAwait(false);
        look.FirstByte = look.Elapsed - began;
        var rcode = RcodeWord(answer.Rcode);
        var answers = answer.Records.Select(record => record.Text).Order(StringComparer.Ordinal).ToList();
        look.Note(Story.AnsweredRecords, rcode, answers.Count == 0 ? "-" : string.Join(", ", answers));
        if (answer.Records.Count > 0)
        {
            look.Note(Story.TimeToLive, answer.Records.Min(record => record.TimeToLive));
        }

        return Judge(rcode, answers, look);
    }

    protected override string Late(Look look) => $"no answer from {_server} {ProbeFailures.Within(Definition.Timeout)}";

    protected override Finding Failed(Exception exception, Look look) => exception switch
    {
        DnsResponseException { InnerException: { } inner } when ProbeFailures.Find<System.Net.Sockets.SocketException>(inner) is not null =>
            ProbeFailures.Describe(inner, Address().Host, Address().Port),
        FormatException or DnsResponseException or DnsResponseParseException or DnsXidMismatchException or InvalidOperationException or IndexOutOfRangeException or ArgumentException =>
            Finding.Down($"{_server} answered what is no DNS"),
        _ => ProbeFailures.Describe(exception, Address().Host, Address().Port),
    };

    private async Task<DnsAnswer> AskAsync(IPEndPoint server, CancellationToken deadline)
    {
        if (settings.Transport != DnsTransport.Tcp)
        {
            if (_client is null || !server.Equals(_clientOf))
            {
                (_client, _clientOf) = (new LookupClient(Options(server)), server);
            }

            try
            {
                var told = await _client.QueryAsync(new DnsQuestion(settings.Name, Enum.Parse<QueryType>(_word)), deadline).ConfigureAwait(false);
                return new DnsAnswer(
                    (int)told.Header.ResponseCode,
                    [.. told.Answers.Where(record => record.RecordType == Enum.Parse<ResourceRecordType>(_word)).Select(record => new DnsRecord(record.InitialTimeToLive, Words(record)))]);
            }
            catch (DnsResponseException cut) when (cut is { Code: DnsResponseCode.Unassigned, InnerException: null } && settings.Transport == DnsTransport.Auto)
            {
                // The package's word for an answer that did not fit into the datagram.
            }
        }

        return await DnsOverTcp.AskAsync(server, settings.Name, settings.Type, deadline).ConfigureAwait(false);
    }

    private Finding Judge(string rcode, List<string> answers, Look look)
    {
        if (rcode != settings.Rcode)
        {
            return Finding.Down($"{_server} answered {rcode} (expected {settings.Rcode})");
        }

        if (settings.Rcode is "NOERROR" && answers.Count == 0)
        {
            return Finding.Down($"{_server} has no {_word} record of {settings.Name}");
        }

        var wanted = settings.Expect.Select(Normal).ToList();
        var isExpected = settings.Match switch
        {
            _ when wanted.Count == 0 => true,
            DnsMatch.Any => wanted.Any(answers.Contains),
            DnsMatch.Exact => wanted.ToHashSet().SetEquals(answers),
            _ => wanted.All(answers.Contains),
        };
        return isExpected
            ? Finding.Up($"{_word} {settings.Name}: {rcode}")
            : Finding.Down($"{_word} {settings.Name} is {look.Excerpt(string.Join(", ", answers))} (expected {settings.Match.Word()} {string.Join(", ", wanted)})");
    }

    private async Task<IPEndPoint> ServerAsync(Look look, CancellationToken deadline)
    {
        if (settings.Server is null)
        {
            var own = NameServer.ResolveNameServers().FirstOrDefault() ?? throw new LookEndedException(Finding.Unknown("could not look: this machine has no name server"));
            return new IPEndPoint(IPAddress.Parse(own.Address), settings.Port);
        }

        return IPAddress.TryParse(settings.Server, out var literal)
            ? new IPEndPoint(literal, settings.Port)
            : new IPEndPoint((await Dialer.ResolveAsync(settings.Server, IpChoice.Any, look, deadline).ConfigureAwait(false))[0], settings.Port);
    }

    private LookupClientOptions Options(IPEndPoint server) => new(server)
    {
        UseCache = false,
        Retries = 0,
        ThrowDnsErrors = false,
        ContinueOnDnsError = false,
        ContinueOnEmptyResponse = false,
        EnableAuditTrail = false,
        UseTcpFallback = false,
        Timeout = Definition.Timeout,
    };

    private (string Host, int Port) Address() => (settings.Server ?? "name-server", settings.Port);

    private string Normal(string expected) => settings.Type is DnsRecordType.A or DnsRecordType.Aaaa
        ? IPAddress.Parse(expected).ToString()
        : settings.Type is DnsRecordType.Txt ? expected : expected.TrimEnd('.').ToLowerInvariant();

    private static string RcodeWord(int code) => Rcodes.FirstOrDefault(known => (int)known.Value == code).Key ?? $"RCODE{code}";

    private static string Words(DnsResourceRecord record) => record switch
    {
        AddressRecord address => address.Address.ToString(),
        CNameRecord alias => Name(alias.CanonicalName),
        MxRecord mail => $"{mail.Preference} {Name(mail.Exchange)}",
        TxtRecord text => string.Concat(text.Text),
        SrvRecord service => $"{service.Priority} {service.Weight} {service.Port} {Name(service.Target)}",
        SoaRecord authority => Name(authority.MName),
        NsRecord server => Name(server.NSDName),
        _ => record.ToString(),
    };

    private static string Name(DnsString name) => name.Value.TrimEnd('.').ToLowerInvariant();
}
