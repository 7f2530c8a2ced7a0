using DrOrchestrator.Sandbox.Postgres;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Tests.Postgres;

public sealed class PostgresInstallationTests : IDisposable
{
    private static readonly string[] _programs = ["initdb", "postgres", "pg_basebackup", "pg_rewind", "pg_controldata", "pg_waldump", "pg_isready"];
    private readonly TestFolder _folder = new();

    [Fact]
    public void Find_InAFolderWithoutThem_NamesWhatIsMissing()
    {
        foreach (string program in _programs.Except(["pg_rewind"]))
        {
            File.WriteAllText(_folder.Under(program), "");
        }

        PostgresInstallation.Find(_folder.Path, out string? problem).Should().BeNull();

        problem.Should().Be($"{_folder.Path} does not hold PostgreSQL's programs: pg_rewind not found there; name the folder that has {string.Join(", ", _programs)}");
    }

    [Fact]
    public void Find_InAWholeFolder_TakesIt_AndRootRunsThemAsSomebodyElse()
    {
        foreach (string program in _programs)
        {
            File.WriteAllText(_folder.Under(program), "");
        }

        PostgresInstallation found = PostgresInstallation.Find(_folder.Path, out string? problem)!;

        problem.Should().BeNull();
        found.Folder.Should().Be(_folder.Path);
        (found.RunAs is not null).Should().Be(Environment.IsPrivilegedProcess);
        found.CommandOf("initdb", "-x").TakeLast(2).Should().Equal(_folder.Under("initdb"), "-x");
    }

    [Fact]
    public async Task Lab_AskedForPostgreSqlInAFolderMadeWithout_IsRefused()
    {
        LabSettings.ReadOrCreate(_folder.Path, TimeSpan.Zero);
        using var lab = new SandboxProcess(new Dictionary<string, string>(), "sandbox", _folder.Path, "--postgres");

        (int code, string output, string errors) = await lab.WaitAsync();

        (code, output).Should().Be((1, ""));
        errors.Trim().Should().Be($"sandbox: the lab in {_folder.Path} was made without PostgreSQL and stays so; take another folder");
    }

    [PostgresFact]
    public async Task Lab_WhoseFolderTheServersUserCannotReach_IsRefused()
    {
        PostgresAccount? account = PostgresInstallation.Find(null, out _)!.RunAs;
        string closed = Directory.CreateDirectory(_folder.Under("closed")).FullName;
        DurableFile.SetRights(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (account is null)
        {
            // Not root: PostgreSQL runs as ourselves, and gets wherever we do.
            return;
        }

        using var lab = new SandboxProcess(new Dictionary<string, string>(), "sandbox", Path.Combine(closed, "lab"), "--postgres");

        (int code, _, string errors) = await lab.WaitAsync();

        code.Should().Be(1);
        errors.Trim().Should().StartWith($"sandbox: the user {account.Name}, as whom PostgreSQL runs because it refuses root, cannot get to {closed}/lab: a folder above it is closed to others.");
    }

    public void Dispose() => _folder.Dispose();
}
