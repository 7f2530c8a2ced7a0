using System.Text;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary>Files and folders that are not what they should be.</summary>
public sealed class EstateFileTests : IDisposable
{
    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_FolderMissing_SaysSo() =>
        Errors(EstateLoader.Load(Path.Combine(_folder.Root, "absent"), SmallCatalog.Instance, null))
            .Should().Equal($"{Path.Combine(_folder.Root, "absent")}: there is no such folder. Name the folder that holds the estate's YAML files.");

    [Fact]
    public void Load_FolderWithoutYaml_SaysSo() =>
        Errors(EstateLoader.Load(_folder.Shipped, SmallCatalog.Instance, null))
            .Should().Equal($"{_folder.Shipped}: the folder holds no *.yaml or *.yml file. Write the estate there, or name another folder.");

    [Fact]
    public void Load_FileOver4MiB_IsRefusedUnread()
    {
        // A sparse file: its content would be refused for its zero bytes if it were read.
        using (var big = File.Create(Path.Combine(_folder.Folder, "big.yaml")))
        {
            big.SetLength((4 * 1024 * 1024) + 1);
        }

        Errors().Should().Equal("big.yaml: the file has 4194305 bytes and was not read; allowed: up to 4 MiB. Spread it over several files.");
    }

    [Fact]
    public void Load_FileOfExactly4MiB_IsRead()
    {
        var comment = "# " + new string('x', (4 * 1024 * 1024) - 3 - Encoding.UTF8.GetByteCount(EstateFolderBuilder.GoodEstate)) + "\n";
        _folder.Write("estate.yaml", EstateFolderBuilder.GoodEstate + comment);

        Errors().Should().BeEmpty();
    }

    [Fact]
    public void Load_NotUtf8_NamesThePlace()
    {
        _folder.Write("more.yaml", [.. "# Größe\n#  "u8, 0xE4, .. "\nendpoints: []\n"u8]);

        Errors().Should().Equal("more.yaml:2:4: a byte that is not UTF-8; allowed: UTF-8. Save the file as UTF-8.");
    }

    [Fact]
    public void Load_Utf16_IsRefused()
    {
        _folder.Write("more.yaml", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("endpoints: []\n")]);

        Errors().Should().Equal("more.yaml:1:1: a byte that is not UTF-8; allowed: UTF-8. Save the file as UTF-8.");
    }

    [Fact]
    public void Load_Utf8ByteOrderMark_IsAccepted()
    {
        _folder.Write("estate.yaml", [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(EstateFolderBuilder.GoodEstate)]);

        Errors().Should().BeEmpty();
    }

    [Theory]
    [InlineData("", "more.yaml: the file is empty. Write its contents, or remove the file.")]
    [InlineData("# nothing\n", "more.yaml:1:1: the file holds only comments. Write its contents, or remove the file.")]
    [InlineData("- a\n", "more.yaml:1:1: a list instead of a part of an estate; allowed: a mapping of keys. Write 'key: value' lines.")]
    [InlineData("%YAML 1.2\n---\nendpoints: []\n", "more.yaml:1:1: a YAML directive. Remove the line that begins with '%'.")]
    public void Load_FileWithoutMapping_SaysSo(string content, string expected)
    {
        _folder.Write("more.yaml", content);

        Errors().Should().Equal(expected);
    }

    [Fact]
    public void Load_CircleOfLinks_IsAnErrorAndNoHang()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Folder, "a.yaml"), "b.yaml");
        File.CreateSymbolicLink(Path.Combine(_folder.Folder, "b.yaml"), "a.yaml");

        Errors().Should().Equal(
            "a.yaml: the file cannot be read (IOException). Check that it is a file and that this user may read it.",
            "b.yaml: the file cannot be read (IOException). Check that it is a file and that this user may read it.");
    }

    [Fact]
    public void Load_LinkToNothing_IsAnError()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Folder, "a.yaml"), "nowhere");

        Errors().Should().Equal("a.yaml: the file cannot be read (FileNotFoundException). Check that it is a file and that this user may read it.");
    }

    [Fact]
    public void Load_LinkToDevice_IsNeverOpened()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Folder, "a.yaml"), "/dev/zero");

        Errors().Should().Equal("a.yaml: the file is empty. Write its contents, or remove the file.");
    }

    [Fact]
    public void Load_LinkToLargeFile_IsRefusedByTheSizeOfItsTarget()
    {
        using (var big = File.Create(Path.Combine(_folder.Root, "big")))
        {
            big.SetLength(5 * 1024 * 1024);
        }

        File.CreateSymbolicLink(Path.Combine(_folder.Folder, "a.yaml"), "../big");

        Errors().Should().Equal("a.yaml: the file has 5242880 bytes and was not read; allowed: up to 4 MiB. Spread it over several files.");
    }

    [Fact]
    public void Load_OtherFilesAndFolders_AreIgnored()
    {
        _folder.Write("README.md", "no: [yaml");
        Directory.CreateDirectory(Path.Combine(_folder.Folder, "old.yaml"));

        Errors().Should().BeEmpty();
    }

    [Fact]
    public void Load_PlanThatNobodyNames_IsAnError()
    {
        _folder.Write("other.yaml", EstateFolderBuilder.GoodPlan.Replace("plan: failover", "plan: other", StringComparison.Ordinal));

        Errors().Should().Equal("other.yaml:1:1: a plan that no 'plans:' names. Add 'other.yaml' to 'plans:', or move the file out of the folder.");
    }

    [Fact]
    public void Load_TwoPlansOfOneName_IsAnError()
    {
        _folder.Write("other.yaml", EstateFolderBuilder.GoodPlan).Replace("estate.yaml", "[failover.yaml]", "[failover.yaml, other.yaml]");

        Errors().Should().Equal("other.yaml:1:7: duplicate plan 'failover', first in failover.yaml. Give it another name.");
    }

    [Fact]
    public void Load_EstateTwiceOverFiles_NamesBoth()
    {
        _folder.Write("more.yml", "estate: two\nsites: [ { name: dr, role: remote } ]\n");

        Errors().Should().Equal(
            "more.yml:1:9: 'estate' a second time, first at estate.yaml:1. Keep one of the two.",
            "more.yml:2:18: duplicate site 'dr', first at estate.yaml:5. Give it another name.");
    }

    [Fact]
    public void Load_NothingDeclared_NamesWhatIsMissing()
    {
        File.Delete(Path.Combine(_folder.Folder, "failover.yaml"));
        _folder.Write("estate.yaml", "people: []\n");

        Errors().Should().Equal(
            "estate.yaml:1:1: an estate without 'estate'; allowed: a name of lower-case letters, digits and hyphens, up to 40 characters. Add 'estate:' to one of the files.",
            "estate.yaml:1:1: an estate without 'sites'; allowed: at least one item. Add 'sites:' to one of the files.",
            "estate.yaml:1:1: an estate without 'systems'; allowed: at least one item. Add 'systems:' to one of the files.");
    }

    [Fact]
    public void Load_SeveralProblemsInSeveralFiles_ListsAllInOrder()
    {
        _folder.Replace("estate.yaml", "estate: sandbox", "estate: Sandbox")
            .Replace("estate.yaml", "port: 4321", "port: zero")
            .Replace("estate.yaml", "owner: requester", "ownr: requester")
            .Replace("failover.yaml", "kind: k8s.fence", "kind: k8s.fense")
            .Replace("failover.yaml", "retries: 2", "retries: two")
            .Write("broken.yaml", "sites: [\n");

        Errors().Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]).Should().Equal(
            "broken.yaml:2:1", "estate.yaml:1:9", "estate.yaml:8:5", "estate.yaml:11:5", "estate.yaml:28:154", "failover.yaml:19:11", "failover.yaml:39:14");
    }

    [Fact]
    public void Load_CircleOfSystemsOverFiles_NamesTheWayAround()
    {
        const string More = """
            systems:
              - { name: cards, department: D, owner: o, bia: [ { scope: internal-support, severity: minor, reason: r, signer: s } ], serving: dr, functions: [ { name: pay, critical: true } ], depends-on: [ledger] }

            """;
        _folder.Write("more.yaml", More).Replace("estate.yaml", "    objectives:", "    depends-on: [cards]\n    objectives:");

        Errors().Should().Equal("estate.yaml:16:17: systems depend on each other in a circle: ledger -> cards -> ledger. Remove one of these dependencies.");
    }

    [Fact]
    public void Load_NameWithATabAmongTheAllowed_StaysOnOneLine()
    {
        _folder.Replace("estate.yaml", "name: dr-store", "name: \"dr\\tstore\"").Replace("failover.yaml", "{ name: ledger-posting }", "{ name: dr-store }");

        Errors().Should().HaveCount(2).And.NotContain(error => error.Contains('\t', StringComparison.Ordinal));
    }

    [Fact]
    public void Load_MoreThanAThousandProblems_StopsCounting()
    {
        _folder.Write("more.yaml", string.Concat(Enumerable.Range(0, 2000).Select(i => $"key{i}: 1\n")));

        var errors = Errors();

        errors.Should().HaveCount(1001);
        errors[^1].Should().Be("more.yaml:1000:1: more than 1000 problems. Correct these and look again.");
    }

    [Fact]
    public void Load_SecretsInBadPlaces_AreNotRepeated()
    {
        _folder.Replace("estate.yaml", "\"http://127.0.0.1:1234\", token", "\"http://u:hunter2@127.0.0.1\", token")
            .Replace("estate.yaml", "{ Content-Type: application/json }", "{ Authorization: [hunter2], \"X Y\": hunter2, Z: \"hunter2\\n\" }")
            .Replace("estate.yaml", "token-sha256: AAAA", "token-sha256: hunter2")
            .Replace("estate.yaml", "body: '{\"id\":\"{{nonce}}\"}'", "body: { hunter2: hunter2 }");

        var errors = Errors();

        errors.Should().HaveCount(6);
        errors.Should().NotContain(error => error.Contains("hunter2", StringComparison.Ordinal));
    }

    private IReadOnlyList<string> Errors() => [.. _folder.LoadErrors().Select(error => error.ToString())];

    private static IReadOnlyList<string> Errors(EstateLoadResult result) => [.. ((EstateLoadResult.Refused)result).Errors.Select(error => error.ToString())];
}
