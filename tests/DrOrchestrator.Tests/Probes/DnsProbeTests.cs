using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes;

public sealed class DnsProbeTests : IDisposable
{
    private static readonly (ushort Type, byte[] Data) First = (1, [10, 1, 2, 3]);
    private static readonly (ushort Type, byte[] Data) Second = (1, [10, 1, 2, 4]);
    private readonly ProbeConnections _connections = new();

    public void Dispose() => _connections.Dispose();

    [Theory]
    [InlineData(DnsMatch.Contains, "10.1.2.3", true)]
    [InlineData(DnsMatch.Contains, "10.1.2.3 10.1.2.9", false)]
    [InlineData(DnsMatch.Any, "10.1.2.9 10.1.2.4", true)]
    [InlineData(DnsMatch.Any, "10.1.2.9", false)]
    [InlineData(DnsMatch.Exact, "10.1.2.4 10.1.2.3", true)]
    [InlineData(DnsMatch.Exact, "10.1.2.3", false)]
    [InlineData(DnsMatch.Contains, "", true)]
    public async Task RunAsync_Addresses_CompareAsAsked(DnsMatch match, string expected, bool isUp)
    {
        await using var server = DnsTarget.Answering(0, First, Second);
        var expect = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var result = await LookAsync(server, DnsRecordType.A, expect, match);

        result.Outcome.Should().Be(isUp ? ProbeOutcome.Up : ProbeOutcome.Down);
        result.Reason.Should().Be(isUp ? "A www.bank.example: NOERROR" : $"A www.bank.example is 10.1.2.3, 10.1.2.4 (expected {match.ToString().ToLowerInvariant()} {string.Join(", ", expect)})");
        result.Notes!.Select(note => note.Text).Should().Equal(
            $"asked for A www.bank.example at 127.0.0.1:{server.Port}", "answered NOERROR: 10.1.2.3, 10.1.2.4", "time to live 300 s");
    }

    [Fact]
    public async Task RunAsync_EveryRecordType_IsReadInItsForm()
    {
        (DnsRecordType Type, ushort Number, byte[] Data, string Text)[] records =
        [
            (DnsRecordType.Aaaa, 28, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "2001:DB8::1"),
            (DnsRecordType.Cname, 5, DnsTarget.Name("Web.bank.example"), "web.bank.example."),
            (DnsRecordType.Mx, 15, [.. DnsTarget.Number(10), .. DnsTarget.Name("mail.bank.example")], "10 mail.bank.example"),
            (DnsRecordType.Txt, 16, [6, .. "v=spf1"u8], "v=spf1"),
            (DnsRecordType.Srv, 33, [.. DnsTarget.Number(0, 5, 5060), .. DnsTarget.Name("sip.bank.example")], "0 5 5060 sip.bank.example"),
            (DnsRecordType.Soa, 6, [.. DnsTarget.Name("ns1.bank.example"), .. DnsTarget.Name("hostmaster.bank.example"), .. new byte[20]], "ns1.bank.example"),
            (DnsRecordType.Ns, 2, DnsTarget.Name("ns2.bank.example"), "ns2.bank.example"),
        ];
        foreach (var (type, number, data, text) in records)
        {
            await using var server = DnsTarget.Answering(0, (number, data));

            var result = await LookAsync(server, type, [text], DnsMatch.Exact);

            result.Outcome.Should().Be(ProbeOutcome.Up, $"{type}: {result.Reason}");
        }
    }

    [Theory]
    [InlineData(3, "NXDOMAIN", true)]
    [InlineData(0, "NXDOMAIN", false)]
    [InlineData(2, "NOERROR", false)]
    [InlineData(5, "REFUSED", true)]
    public async Task RunAsync_ResponseCode_MustBeTheExpected(int rcode, string expected, bool isUp)
    {
        await using var server = DnsTarget.Answering(rcode);

        var result = await LookAsync(server, DnsRecordType.A, [], DnsMatch.Contains, rcode: expected);

        result.Outcome.Should().Be(isUp ? ProbeOutcome.Up : ProbeOutcome.Down, result.Reason);
        result.Reason.Should().Match(isUp ? $"A www.bank.example: {expected}" : $"127.0.0.1:{server.Port} answered * (expected {expected})");
    }

    [Fact]
    public async Task RunAsync_NoRecordOfTheType_IsDown()
    {
        await using var server = DnsTarget.Answering(0);

        (await LookAsync(server, DnsRecordType.A, [], DnsMatch.Contains)).Reason.Should().Be($"127.0.0.1:{server.Port} has no A record of www.bank.example");
    }

    [Theory]
    [InlineData(DnsTransport.Auto, true, 2)]
    [InlineData(DnsTransport.Udp, false, 1)]
    [InlineData(DnsTransport.Tcp, true, 1)]
    public async Task RunAsync_AnswerCutShort_IsAskedForOverTcpWhereThatMayBe(DnsTransport transport, bool isUp, int questions)
    {
        await using var server = new DnsTarget((question, overTcp) => DnsTarget.Answer(question, 0, cut: !overTcp, overTcp ? [First] : []));

        (await LookAsync(server, DnsRecordType.A, ["10.1.2.3"], DnsMatch.Exact, transport: transport)).Outcome.Should().Be(isUp ? ProbeOutcome.Up : ProbeOutcome.Down);
        server.Questions.Should().Be(questions);
    }

    [Fact]
    public async Task RunAsync_EveryRecordTypeOverTcp_IsReadAsOverUdp()
    {
        (DnsRecordType Type, ushort Number, byte[] Data, string Text)[] records =
        [
            (DnsRecordType.A, 1, [10, 1, 2, 3], "10.1.2.3"),
            (DnsRecordType.Aaaa, 28, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "2001:DB8::1"),
            (DnsRecordType.Cname, 5, DnsTarget.Name("Web.bank.example"), "web.bank.example."),
            (DnsRecordType.Mx, 15, [.. DnsTarget.Number(10), .. DnsTarget.Name("mail.bank.example")], "10 mail.bank.example"),
            (DnsRecordType.Txt, 16, [6, .. "v=spf1"u8, 2, .. " a"u8], "v=spf1 a"),
            (DnsRecordType.Srv, 33, [.. DnsTarget.Number(0, 5, 5060), .. DnsTarget.Name("sip.bank.example")], "0 5 5060 sip.bank.example"),
            (DnsRecordType.Soa, 6, [.. DnsTarget.Name("ns1.bank.example"), .. DnsTarget.Name("hostmaster.bank.example"), .. new byte[20]], "ns1.bank.example"),
            (DnsRecordType.Ns, 2, [0xC0, 16], "bank.example"),
        ];
        foreach (var (type, number, data, text) in records)
        {
            await using var server = DnsTarget.Answering(0, (99, [1, 2, 3]), (number, data));

            var result = await LookAsync(server, type, [text], DnsMatch.Exact, transport: DnsTransport.Tcp);

            result.Outcome.Should().Be(ProbeOutcome.Up, $"{type}: {result.Reason}");
            result.Notes!.Select(note => note.Text).Should().Contain("time to live 300 s");
        }
    }

    [Theory]
    [InlineData("silence", "no answer from 127.0.0.1:{0} within 1s")]
    [InlineData("garbage", "127.0.0.1:{0} answered what is no DNS")]
    [InlineData("loop", "127.0.0.1:{0} answered what is no DNS")]
    [InlineData("another", "127.0.0.1:{0} answered what is no DNS")]
    [InlineData("nothing", "127.0.0.1:{0} answered what is no DNS")]
    public async Task RunAsync_BadAnswerOverTcp_IsDownInTimeWithTheReason(string what, string reason)
    {
        await using var server = new DnsTarget((question, _) => what switch
        {
            "silence" => null,
            "garbage" => [question[0], question[1], .. Enumerable.Repeat((byte)0xff, 200)],
            "loop" => DnsTarget.Answer(question, 0, cut: false, (5, [0xC0, 46])),
            "another" => [(byte)(question[0] ^ 1), .. DnsTarget.Answer(question, 0, cut: false, First)[1..]],
            _ => [],
        });

        var result = await LookAsync(server, DnsRecordType.Cname, [], DnsMatch.Contains, transport: DnsTransport.Tcp, timeoutSeconds: what == "silence" ? 1 : 20);

        result.Outcome.Should().Be(ProbeOutcome.Down);
        result.Reason.Should().Be(string.Format(System.Globalization.CultureInfo.InvariantCulture, reason, server.Port));
    }

    [Fact]
    public async Task RunAsync_OverTcp_ClosesItsConnectionWithTheLook()
    {
        await using var server = new DnsTarget((question, _) => DnsTarget.Answer(question, 0, cut: false, First), keepsOpen: true);
        var settings = new DnsProbeSettings("127.0.0.1", server.Port, "www.bank.example", DnsRecordType.A, [], DnsMatch.Contains, "NOERROR", DnsTransport.Tcp);
        var definition = new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20), 1, settings);
        using var probe = new DnsProbe(definition, settings, new ProbeContext(_connections, new ProcessClock(TimeProvider.System)));

        for (var i = 0; i < 20; i++)
        {
            (await probe.RunAsync(default)).Outcome.Should().Be(ProbeOutcome.Up);
        }

        // The far side sees each end: nothing of ours waits for the collector.
        await server.AllClosed.WaitAsync(TimeSpan.FromSeconds(30));
        server.Connections.Should().Be(20);
        GC.KeepAlive(probe);
    }

    [Fact]
    public async Task RunAsync_TwoLooks_AreTwoQuestions()
    {
        await using var server = DnsTarget.Answering(0, First);

        await LookAsync(server, DnsRecordType.A, [], DnsMatch.Contains);
        await LookAsync(server, DnsRecordType.A, [], DnsMatch.Contains);

        server.Questions.Should().Be(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_SilenceOrGarbage_IsDownInTime(bool garbage)
    {
        await using var server = new DnsTarget((question, _) => garbage ? [question[0], question[1], .. Enumerable.Repeat((byte)0xff, 200)] : null);

        var result = await LookAsync(server, DnsRecordType.A, [], DnsMatch.Contains, timeoutSeconds: 1);

        result.Outcome.Should().Be(ProbeOutcome.Down);
        result.Reason.Should().BeOneOf($"127.0.0.1:{server.Port} answered what is no DNS", $"no answer from 127.0.0.1:{server.Port} within 1s");
    }

    private async Task<ProbeResult> LookAsync(
        DnsTarget server, DnsRecordType type, string[] expect, DnsMatch match, string rcode = "NOERROR", DnsTransport transport = DnsTransport.Auto, double timeoutSeconds = 20)
    {
        var settings = new DnsProbeSettings("127.0.0.1", server.Port, "www.bank.example", type, expect, match, rcode, transport);
        var definition = new ProbeDefinition("p", "s", null, ProbeRole.Component, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(timeoutSeconds), 1, settings);
        using var probe = new DnsProbe(definition, settings, new ProbeContext(_connections, new ProcessClock(TimeProvider.System)) { TellAlways = true });
        return await probe.RunAsync(default);
    }
}
