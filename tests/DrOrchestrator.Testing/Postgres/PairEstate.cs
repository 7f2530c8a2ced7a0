using System.Security.Cryptography;
using System.Text;

namespace DrOrchestrator.Testing.Postgres;

/// <summary>
/// The estate of two PostgreSQL servers that replicate, as text: one system whose function is probed through the front door, both databases with the way to their hosts, three
/// people. The way to a host is the product's own script, run on this machine by a program that can be told that it reaches nobody.
/// </summary>
/// <param name="HostProgram">Written by <see cref="WriteHostProgram"/>.</param>
/// <param name="FrontDoor">Port at which clients, and so the probe, come in.</param>
public sealed record PairEstate(PostgresServer Primary, PostgresServer Dr, string HostProgram, int FrontDoor)
{
    /// <summary>Ids of the people, each with the role that a run asks for.</summary>
    public static IReadOnlyList<(string Id, string Name, string Role)> People { get; } = [("requester", "Li Wei", "operator"), ("chen", "Chen", "approver"), ("verifier", "Zhao", "business-verifier")];

    public required IReadOnlyList<string> Plans { get; init; }

    public required string ProbeInterval { get; init; }

    public required string ProbeTimeout { get; init; }

    public int Confirmations { get; init; } = 3;

    /// <summary>Port at which others reach the primary: not its own one where something lies between.</summary>
    public int PrimaryPort { get; init; } = Primary.Port;

    /// <summary>SHA-256 of a person's token, where people sign in.</summary>
    public Func<string, string>? TokenOf { get; init; }

    /// <summary>KiB that a copy to be read leaves free (<c>DRO_SPARE</c>): test servers share no disk with a bank's.</summary>
    public const string Spare = "1024";

    /// <summary>Writes a program that only its owner may change, as a server asks of a program.</summary>
    /// <param name="script">The product's <c>postgres-host.sh</c>.</param>
    public static string WriteHostProgram(string path, string script)
    {
        // What lies between us and the host may be down: a file says so, and then the program ends as ssh does that reaches nobody.
        File.WriteAllText(path, $"""
            #!/bin/sh
            case " $* " in *" fence "*) [ -e "$2.crash" ] && rm "$2.crash" && kill -KILL "$(head -n 1 "$2/postmaster.pid")" && sleep 0.3 ;; esac
            [ -e "$2.away" ] && echo "ssh: connect to host: No route to host" >&2 && exit 255
            [ "$1" = --scratch ] && exec /bin/sh {Path.Combine(Path.GetDirectoryName(script)!, "postgres-restore.sh")} "$@"
            DRO_SPARE={Spare} exec /bin/sh {script} "$@"

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    /// <summary>Whether the host of a server can be asked.</summary>
    public static void SetHostAway(PostgresServer server, bool away)
    {
        if (away)
        {
            File.WriteAllText(server.DataFolder + ".away", "");
        }
        else
        {
            File.Delete(server.DataFolder + ".away");
        }
    }

    public override string ToString() => $$"""
        estate: lab
        sandbox: true
        sites:
          - { name: primary, role: production }
          - { name: dr, role: same-city }
        systems:
          - name: ledger
            department: Payments
            owner: requester
            bia: [ { scope: financial-rights, severity: moderate, reason: "Customers cannot pay", signer: Wang } ]
            serving: primary
            standbys: [dr]
            functions: [ { name: posting, critical: true } ]
        databases:
          - {{Database("ledger-primary", "primary", Primary, PrimaryPort)}}
          - {{Database("ledger-dr", "dr", Dr, Dr.Port)}}
        probes:
          - name: ledger-posting
            system: ledger
            role: service
            function: posting
            kind: postgres
            interval: {{ProbeInterval}}
            timeout: {{ProbeTimeout}}
            confirmations: {{Confirmations}}
            with: { hosts: [127.0.0.1], port: {{FrontDoor}}, database: postgres, user: postgres, sslmode: disable, mode: write-accepted, table: dro_probe, fresh-connection: true }
        people:
        {{string.Join('\n', People.Select(Person))}}
        plans: [{{string.Join(", ", Plans)}}]

        """;

    private string Person((string Id, string Name, string Role) who) =>
        $"  - {{ id: {who.Id}, name: {who.Name}, department: {(who.Role == "business-verifier" ? "Payments" : "IT")}, roles: [{who.Role}], "
        + $"trainings: [ {{ passed: {TimeProvider.System.GetUtcNow().AddDays(-30):yyyy-MM-dd}, record: LAB }} ], "
        + (TokenOf is null ? $"token-sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(who.Id)))} }}" : $"token-sha256: {TokenOf(who.Id)}, simulated: true }}");

    private string Database(string name, string site, PostgresServer server, int port) =>
        $"{{ name: {name}, system: ledger, site: {site}, hosts: [127.0.0.1], port: {port}, database: postgres, user: postgres, sslmode: disable, standby-name: {name.Replace('-', '_')}, "
        + $"host: {{ command: [\"{HostProgram}\", --data, \"{server.DataFolder}\", --bin, \"{PostgresServer.Programs}\", --inside, --start, \"{server.StartCommand}\"] }} }}";
}
