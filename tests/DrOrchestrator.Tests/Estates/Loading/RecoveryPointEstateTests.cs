using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary>Every kind of recovery point in YAML, good and spoiled.</summary>
public sealed class RecoveryPointEstateTests : IDisposable
{
    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_EveryKind_HasExactlyTheDeclaredValues()
    {
        _folder.Write("secret", "x");
        var secret = new SecretReference.File(Path.Combine(_folder.Folder, "secret"));

        var points = Load(
            """
            recovery-points:
              - name: log
                system: ledger
                kind: postgres
                interval: 1s
                timeout: 2s
                with:
                  heartbeat: ops.dro_heartbeat
                  sites:
                    primary: { hosts: [10.0.0.1, 10.0.0.2], database: core, user: dro, password: { file: secret }, sslmode: verify-ca, ca: secret }
                    dr: { hosts: [10.1.0.1], port: 5433, database: core, user: dro, standby-name: dr_1 }
              - { name: web, system: ledger, kind: http, interval: 30s, timeout: 5s, with: { standby: dr, url: "https://backup/last", path: "jobs[0].of", format: unix-seconds, authorization: { env: TOKEN }, expect-every: 1h, copy: continuous } }
              - { name: dumps, system: ledger, kind: files, interval: 5m, timeout: 30s, with: { standby: dr, folder: /backup/ledger, name: '^ledger-(?<time>\d{8})\.dump$', format: yyyyMMdd, time-zone: Asia/Shanghai } }
              - { name: br, system: ledger, kind: pgbackrest, interval: 5m, timeout: 2m, with: { standby: dr, program: /usr/bin/pgbackrest, stanza: main, config: /etc/br.conf, repository: 2, log: log, expect-every: 1d } }
              - { name: rs, system: ledger, kind: restic, interval: 5m, timeout: 2m, with: { standby: dr, program: /usr/bin/restic, repository: "s3:host/bucket", password: { file: secret }, tags: [ledger], host: db1, path: /data, environment: { AWS_SECRET_ACCESS_KEY: { env: KEY } } } }
              - { name: ve, system: ledger, kind: velero, interval: 1m, timeout: 10s, with: { standby: dr, cluster: primary, schedule: nightly } }
              - { name: vs, system: ledger, kind: volumesnapshot, interval: 1m, timeout: 10s, with: { standby: dr, namespace: ledger, claims: [data-0, data-1] } }
              - { name: pr, system: ledger, kind: prometheus, interval: 15s, timeout: 5s, with: { standby: dr, url: "http://prometheus:9090", query: max(lag), gives: age } }
            """);

        points["log"].Settings.Should().BeEquivalentTo(
            new PostgresPointSettings(
                new Dictionary<string, PostgresTarget>
                {
                    ["primary"] = new(["10.0.0.1", "10.0.0.2"], 5432, "core", "dro", secret, PostgresTls.VerifyCa, Path.Combine(_folder.Folder, "secret")),
                    ["dr"] = new(["10.1.0.1"], 5433, "core", "dro", null, PostgresTls.Prefer, null),
                },
                new Dictionary<string, string> { ["dr"] = "dr_1" },
                "ops.dro_heartbeat"));
        points["web"].Settings.Should().Be(new HttpPointSettings("dr", new Uri("https://backup/last"), "jobs[0].of", new MomentFormat(MomentFormat.UnixSeconds, TimeZoneInfo.Utc), new SecretReference.Env("TOKEN"))
        {
            ExpectedEvery = TimeSpan.FromHours(1),
            IsContinuous = true,
        });
        points["dumps"].Settings.Should().Be(new FilesPointSettings(
            "dr", "/backup/ledger", @"^ledger-(?<time>\d{8})\.dump$", new MomentFormat("yyyyMMdd", TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")), null, false));
        points["br"].Settings.Should().Be(new PgBackRestPointSettings("dr", "/usr/bin/pgbackrest", "main", "/etc/br.conf", 2, "log", 16) { ExpectedEvery = TimeSpan.FromDays(1) });
        points["rs"].Settings.Should().BeEquivalentTo(new ResticPointSettings(
            "dr", "/usr/bin/restic", "s3:host/bucket", secret, ["ledger"], "db1", "/data", new Dictionary<string, SecretReference> { ["AWS_SECRET_ACCESS_KEY"] = new SecretReference.Env("KEY") }));
        points["ve"].Settings.Should().Be(new VeleroPointSettings("dr", "primary", "velero", "nightly"));
        points["vs"].Settings.Should().BeEquivalentTo(new VolumeSnapshotPointSettings("dr", "dr", "ledger", ["data-0", "data-1"]));
        points["pr"].Settings.Should().Be(new PrometheusPointSettings("dr", new Uri("http://prometheus:9090"), "max(lag)", true, null));
        points["br"].Timeout.Should().Be(TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData("kind: postgre, interval: 1s, timeout: 1s, with: {}", "'kind' is 'postgre'; allowed: positions, postgres, http, files, pgbackrest, restic, velero, volumesnapshot, prometheus; did you mean 'postgres'? *")]
    [InlineData("kind: postgres, interval: 1s, timeout: 1s, with: { sites: { primary: { hosts: [a], database: d, user: u } } }", "no server for 'dr', a site of 'ledger'; allowed: every site of the system. Add 'dr:'.")]
    [InlineData("kind: postgres, interval: 1s, timeout: 1s, with: { sites: { primary: { hosts: [a], database: d, user: u, password: hunter2 }, dr: { hosts: [b], database: d, user: u } } }", "'password' has its secret written out; allowed: { env: NAME } or { file: path relative to the estate's folder }. *")]
    [InlineData("kind: postgres, interval: 1s, timeout: 1s, with: { heartbeat: 'a; drop table x', sites: { primary: { hosts: [a], database: d, user: u }, dr: { hosts: [b], database: d, user: u } } }", "'heartbeat' is 'a; drop table x'; allowed: none, table or schema.table in lower-case letters, digits and underscores. *")]
    [InlineData("kind: postgres, interval: 1s, timeout: 1s, with: { sites: { primary: { hosts: ['10.0.0.1:5433'], database: d, user: u }, dr: { hosts: [b], database: d, user: u } } }", "'hosts' holds '10.0.0.1:5433'; allowed: host names and addresses, without port. *")]
    [InlineData("kind: postgres, interval: 1s, timeout: 1s, with: { sites: { primary: { hosts: ['a,b'], database: d, user: u }, dr: { hosts: [b], database: d, user: u } } }", "'hosts' holds 'a,b'; allowed: host names and addresses, without port. *")]
    [InlineData("kind: postgres, interval: 1s, timeout: 1s, with: { sites: { primary: { hosts: [a], database: d, user: u, tls: require }, dr: { hosts: [b], database: d, user: u } } }", "unknown key 'tls' in how the server is reached; allowed: standby-name, hosts, port, database, user, password, sslmode, ca, certificate, key, key-password. *")]
    [InlineData("kind: postgres, interval: 1s, timeout: 1s, with: { sites: { primary: { hosts: [a], database: d, user: u, sslmode: require, ca: points.yaml }, dr: { hosts: [b], database: d, user: u } } }", "'ca' beside an 'sslmode' that looks at no certificate; allowed: sslmode: verify-ca or verify-full. *")]
    [InlineData("kind: http, interval: 1s, timeout: 1s, with: { standby: paper, url: 'http://a/', path: t }", "'ledger' is not at the site 'paper'; allowed: primary, dr. Name a site of the system.")]
    [InlineData("kind: http, interval: 1s, timeout: 1s, with: { standby: dr, url: 'http://a/', path: 'a b' }", "'path' is 'a b'; allowed: keys and indexes from the root, such as backups[0].time. *")]
    [InlineData("kind: http, interval: 1s, timeout: 1s, with: { standby: dr, url: 'http://a/', path: t, format: HH:mm }", "'format' is 'HH:mm'; allowed: rfc3339, unix-seconds, unix-milliseconds, or a format of .NET such as yyyyMMdd-HHmmss. *")]
    [InlineData("kind: http, interval: 1s, timeout: 1s, with: { standby: dr, url: 'http://a/', path: t, time-zone: Peking }", "'time-zone' is 'Peking'; allowed: a time zone such as Asia/Shanghai. *")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: backup, name: 'x(?<time>.*)' }", "'folder' is 'backup'; allowed: a full path. *")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: /b, name: '.*dump' }", "nothing says which moment a file represents; allowed: one of: a group (?<time>...) in 'name', 'manifest', 'modified: true'. *")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: /b, name: '(?<time>.*)', modified: true }", "the moment a file represents is said twice; *")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: /b, name: '(?<time>' }", "'name' is '(?<time>'; allowed: a regular expression without look-around and back references. *")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: /b, name: '(?<time>.*)', complete: { marker: done } }", "'marker' is 'done'; allowed: the end of a name that begins with a dot, such as .done. *")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: /b, name: '(?<time>.*)', complete: { marker: ./x } }", "'marker' is './x'; *")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: /b, name: '(?<time>.*)', complete: { unchanged-for: 2d } }", "'unchanged-for' is '2d'; allowed: *")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: /b, name: '(?<time>.*)', complete: { marker: .done, unchanged-for: 10m } }", "how a whole copy is known is said twice; allowed: one of: 'marker', 'unchanged-for'. Keep one of them.")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: /b, name: '(?<time>.*)', complete: {} }", "nothing says how a whole copy is known; *")]
    [InlineData("kind: files, interval: 1m, timeout: 1s, with: { standby: dr, folder: /b, name: '(?<time>.*)', complete: { suffix: .done } }", "unknown key 'suffix' in how a whole copy is known; allowed: marker, unchanged-for. *")]
    [InlineData("kind: pgbackrest, interval: 1m, timeout: 1s, with: { standby: dr, program: pgbackrest, stanza: main }", "'program' is 'pgbackrest'; allowed: a full path. *")]
    [InlineData("kind: pgbackrest, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, stanza: '--repo=x' }", "'stanza' is '--repo=x'; allowed: the name of a stanza. *")]
    [InlineData("kind: pgbackrest, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, stanza: main, log: ledger-replication }", "there is no recovery point of kind postgres 'ledger-replication'; *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: 'rest:https://u:hunter2@host/' , password: { env: P } }", "'repository' has a value that does not fit; allowed: a full path, or an address that begins with s3:, *, without a password in it. *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: 'rclone:hunter2:x', password: { env: P } }", "'repository' is of kind 'rclone:', for which restic starts another program; allowed: a full path, or *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: 'SFTP:u@host:/x', password: { env: P } }", "'repository' is of kind 'sftp:', for which restic starts another program; *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: 'r', password: { env: P } }", "'repository' has a value that does not fit; *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: /r, password: { env: P }, environment: { RESTIC_PASSWORD_COMMAND: { env: P } } }", "the variable 'RESTIC_PASSWORD_COMMAND'; allowed: AWS_ACCESS_KEY_ID, *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: /r, password: { env: P }, environment: { LD_PRELOAD: { env: P } } }", "the variable 'LD_PRELOAD'; allowed: AWS_ACCESS_KEY_ID, *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: /r, password: { env: P }, environment: { PATH: { env: P } } }", "the variable 'PATH'; allowed: *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: /r, password: { env: P }, environment: { AWS_SHARED_CREDENTIALS_FILE: { env: P } } }", "the variable 'AWS_SHARED_CREDENTIALS_FILE'; allowed: *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: /r, password: { env: P }, environment: { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: { env: P } } }", "the variable 'GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES'; allowed: *")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: /r, password: { env: P }, environment: { AWS_ACCES_KEY_ID: { env: P } } }", "the variable 'AWS_ACCES_KEY_ID'; allowed: *; did you mean 'AWS_ACCESS_KEY_ID'? Name a variable of the storage; others could make restic start a program.")]
    [InlineData("kind: restic, interval: 1m, timeout: 1s, with: { standby: dr, program: /p, repository: /r }", "the settings of a recovery point without 'password'; *")]
    [InlineData("kind: volumesnapshot, interval: 1m, timeout: 1s, with: { standby: dr, namespace: ledger, claims: [] }", "'claims' is an empty list; *")]
    [InlineData("kind: velero, interval: 1m, timeout: 1s, with: { standby: dr, cluster: moon }", "there is no site 'moon'; *")]
    [InlineData("kind: prometheus, interval: 1m, timeout: 1s, with: { standby: dr, url: 'http://p/', query: q, gives: seconds }", "'gives' is 'seconds'; allowed: unix-seconds, age*")]
    [InlineData("kind: prometheus, interval: 1m, timeout: 1s, with: { standby: dr, url: 'http://p/', query: q, gives: age, expect: 1h }", "unknown key 'expect' in the settings of a recovery point; allowed: standby, url, query, gives, authorization, tls, expect-every, copy. *")]
    [InlineData("kind: velero, interval: 1m, timeout: 1s, with: { standby: dr, copy: continuous }", "unknown key 'copy' in the settings of a recovery point; *")]
    public void Load_Spoiled_SaysWhereAndWhatIsAllowed(string point, string error)
    {
        _folder.Write("points.yaml", $"recovery-points:\n  - {{ name: point, system: ledger, {point} }}\n");

        var errors = ((EstateLoadResult.Refused)EstateLoader.Load(_folder.Folder, SmallCatalog.Instance, null)).Errors;

        var said = errors.Should().ContainSingle().Which.ToString();
        said.Should().Match($"points.yaml:2:*: {error}").And.NotContain("hunter2");
    }

    [Fact]
    public void Load_ConfigurationOfPgBackRestInTheEstate_IsRefusedByWhicheverWay()
    {
        var outside = Path.Combine(AppContext.BaseDirectory, $"way-{Guid.NewGuid():N}");
        Directory.CreateSymbolicLink(outside, _folder.Folder);
        try
        {
            foreach (var folder in (string[])[_folder.Folder, Path.Combine(_folder.Folder, "deep"), outside])
            {
                _folder.Write(
                    "points.yaml",
                    $"recovery-points:\n  - {{ name: p, system: ledger, kind: pgbackrest, interval: 1m, timeout: 1s, with: {{ standby: dr, program: /p, stanza: main, config: {folder}/br.conf }} }}\n");

                var errors = ((EstateLoadResult.Refused)EstateLoader.Load(_folder.Folder, SmallCatalog.Instance, null)).Errors;

                errors.Should().ContainSingle().Which.ToString().Should().Match(
                    "points.yaml:2:*: 'config' lies in the estate's folder, and pgbackrest starts programs that it names; allowed: the full path of a file elsewhere, of root or the server's own account. Move the file.");
            }
        }
        finally
        {
            File.Delete(outside);
        }
    }

    private Dictionary<string, RecoveryPointDefinition> Load(string text)
    {
        _folder.Write("points.yaml", text);
        return _folder.LoadGood().Estate.RecoveryPoints.ToDictionary(point => point.Name);
    }
}
