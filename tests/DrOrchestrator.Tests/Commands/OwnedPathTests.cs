using System.Runtime.Versioning;
using DrOrchestrator.Commands;

namespace DrOrchestrator.Tests.Commands;

[UnsupportedOSPlatform("windows")]
public sealed class OwnedPathTests : IDisposable
{
    private const UnixFileMode Usual = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", $"owned-{Guid.NewGuid():N}")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0u, 0u, Usual, null)]
    [InlineData(1000u, 1000u, Usual, null)]
    [InlineData(0u, 0u, Usual | UnixFileMode.GroupWrite, null)]
    [InlineData(0u, 1000u, Usual | UnixFileMode.GroupWrite, "a group may write /a; take that right away")]
    [InlineData(1000u, 1000u, Usual | UnixFileMode.GroupWrite, "a group may write /a; take that right away")]
    [InlineData(0u, 0u, Usual | UnixFileMode.OtherWrite, "everybody may write /a; take that right away")]
    [InlineData(0u, 0u, Usual | UnixFileMode.OtherWrite | UnixFileMode.StickyBit, "everybody may write /a; take that right away")]
    [InlineData(1001u, 0u, Usual, "/a belongs to somebody else than root and the server's own account")]
    public void Verdict_OwnerGroupAndMode_MustLeaveItToRootAndUs(uint owner, uint group, UnixFileMode mode, string? problem) =>
        OwnedPath.Verdict("/a", new FileFacts(owner, group, mode, default), ownUser: 1000).Should().Be(problem);

    [Fact]
    public void Problem_AnyFolderAbove_Counts()
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "in", "it")).FullName, "file");
        File.WriteAllText(file, "x");
        OwnedPath.Problem(file, "a", "b").Should().BeNull();

        File.SetUnixFileMode(Path.Combine(_folder, "in"), File.GetUnixFileMode(_folder) | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);

        OwnedPath.Problem(file, "a", "b").Should().Be($"everybody may write {_folder}/in; take that right away");
    }

    [Fact]
    public void Of_AFileAndALinkToIt_TellsWhatEachIs()
    {
        var (file, link) = (Path.Combine(_folder, "file"), Path.Combine(_folder, "link"));
        File.WriteAllText(file, "x");
        File.SetUnixFileMode(file, Usual | UnixFileMode.SetGroup);
        File.CreateSymbolicLink(link, file);

        var facts = FileFacts.Of(file);

        facts!.Value.Should().Match<FileFacts>(found => found.Owner == FileFacts.OwnUser && found.Mode == (Usual | UnixFileMode.SetGroup));
        FileFacts.Of(link, followLink: true).Should().Be(facts);
        FileFacts.Of(link)!.Value.Id.Should().NotBe(facts.Value.Id);
        FileFacts.Of(file + "-gone").Should().BeNull();
    }
}
