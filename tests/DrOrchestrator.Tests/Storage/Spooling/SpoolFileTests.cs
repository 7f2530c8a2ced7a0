using System.Text;
using DrOrchestrator.Storage.Spooling;

namespace DrOrchestrator.Tests.Storage.Spooling;

public sealed class SpoolFileTests : IDisposable
{
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"));

    private string FilePath => Path.Combine(_folder, "observations");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TryAppend_Records_AreReadBackInOrderAlsoAfterAReopening()
    {
        using (var spool = Open())
        {
            Append(spool, "one", "", "three");
        }

        using var again = Open();

        Texts(again).Should().Equal("one", "", "three");
        again.Found.Should().Be(new SpoolFinding(0, null));
    }

    [Fact]
    public void Advance_PastEverything_CutsTheFileBack()
    {
        using var spool = Open();
        Append(spool, "one", "two");
        var (records, until) = spool.Peek(1);
        records.Should().ContainSingle();

        spool.Advance(until);
        Texts(spool).Should().Equal("two");
        spool.Advance(spool.Peek(int.MaxValue).Until);

        spool.IsEmpty.Should().BeTrue();
        new FileInfo(FilePath).Length.Should().Be(8);
    }

    [Fact]
    public void Open_CutOffAnywhereInTheLastRecord_DropsOnlyThatAndTells()
    {
        using (var spool = Open())
        {
            Append(spool, "first", "second", "third");
        }

        var whole = File.ReadAllBytes(FilePath);
        for (var length = whole.Length - 1; length > whole.Length - 8 - 5; length--)
        {
            File.WriteAllBytes(FilePath, whole[..length]);

            using var spool = Open();

            Texts(spool).Should().Equal("first", "second");
            var left = length - (whole.Length - 8 - 5);
            spool.Found.TornBytes.Should().Be(left < 8 ? left : 0);
            spool.Found.DamagedBytes.Should().Be(left < 8 ? 0 : left);
            Append(spool, "later");
            Texts(spool).Should().Equal("first", "second", "later");
        }
    }

    [Fact]
    public void Open_LastRecordWholeInLengthButNotInContent_IsDamaged()
    {
        using (var spool = Open())
        {
            Append(spool, "first", "second");
        }

        var bytes = File.ReadAllBytes(FilePath);
        bytes.AsSpan(bytes.Length - 3).Clear();
        File.WriteAllBytes(FilePath, bytes);

        using var again = Open();

        Texts(again).Should().Equal("first");
        again.Found.Should().BeEquivalentTo(new { TornBytes = 0L, DamagedBytes = 8L + 6 });
        File.ReadAllBytes(again.Found.DamagedCopy!).Should().Equal(bytes[^14..]);
    }

    [Fact]
    public void Open_LengthInTheMiddleDamaged_KeepsAllThatFollowsAndDoesNotTakeItForTorn()
    {
        using (var spool = Open())
        {
            Append(spool, "first", "second", "third");
        }

        var bytes = File.ReadAllBytes(FilePath);
        bytes[8 + 8 + 5 + 1] ^= 1;
        File.WriteAllBytes(FilePath, bytes);

        using var again = Open();

        Texts(again).Should().Equal("first");
        again.Found.Should().BeEquivalentTo(new { TornBytes = 0L, DamagedBytes = 8L + 6 + 8 + 5 });
        File.ReadAllBytes(again.Found.DamagedCopy!).Should().Equal(bytes[(8 + 8 + 5)..]);
    }

    [Fact]
    public void Mark_OverDamagedBytes_TakesTheirPlace()
    {
        using (var spool = Open())
        {
            Append(spool, "first", "a much longer second");
        }

        var bytes = File.ReadAllBytes(FilePath);
        bytes[^1] ^= 1;
        File.WriteAllBytes(FilePath, bytes);
        using (var spool = Open())
        {
            spool.Mark("gap"u8);
            Append(spool, "later");
        }

        using var again = Open();

        Texts(again).Should().Equal("first", "gap", "later");
        again.Found.Should().Be(new SpoolFinding(0, null));
    }

    [Fact]
    public void Open_DamagedAgainAndAgain_KeepsNoMoreThanTheLimit()
    {
        var kept = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            Directory.CreateDirectory(_folder);
            File.WriteAllBytes(FilePath, new byte[1500]);
            using var spool = new SpoolFile(FilePath, 4096);
            kept.Add(spool.Found.DamagedCopy);
            spool.Found.DamagedBytes.Should().Be(1500);
        }

        kept.Select(copy => copy is null).Should().Equal(false, false, true, true, true);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Open_ANewSpool_IsNobodyElsesToRead()
    {
        using var spool = Open();
        new SetAside(FilePath, 100).Keep("refused", new MemoryStream([1])).Should().Be(FilePath + ".refused-1");

        File.GetUnixFileMode(_folder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(FilePath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(FilePath + ".refused-1").Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Open_RecordInTheMiddleDamaged_KeepsACopyAndTells()
    {
        using (var spool = Open())
        {
            Append(spool, "first", "second", "third");
        }

        var bytes = File.ReadAllBytes(FilePath);
        bytes[8 + 8 + 5 + 8] ^= 1;
        File.WriteAllBytes(FilePath, bytes);

        using var again = Open();

        Texts(again).Should().Equal("first");
        File.ReadAllBytes(again.Found.DamagedCopy!).Should().Equal(bytes[(8 + 8 + 5)..]);
    }

    [Fact]
    public void TryAppend_NoRoom_IsRefusedAndTheReserveIsForOneMore()
    {
        using var spool = new SpoolFile(FilePath, 4096);
        var accepted = Enumerable.Range(0, 1000).TakeWhile(_ => spool.TryAppend(new byte[100])).Count();

        accepted.Should().Be((4096 - 1024 - 8) / 108);
        spool.TryAppend(new byte[100], useReserve: true).Should().BeTrue();
        new FileInfo(FilePath).Length.Should().BeLessThanOrEqualTo(4096);
    }

    [Fact]
    public void Open_SomethingElse_IsKeptAsideAndTheSpoolBegunAnew()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(FilePath, "not a spool at all");

        using var spool = Open();

        spool.IsEmpty.Should().BeTrue();
        File.ReadAllText(spool.Found.DamagedCopy!).Should().Be("not a spool at all");
    }

    private SpoolFile Open() => new(FilePath, 1024 * 1024);

    private static void Append(SpoolFile spool, params string[] texts)
    {
        foreach (var text in texts)
        {
            spool.TryAppend(Encoding.UTF8.GetBytes(text)).Should().BeTrue();
        }
    }

    private static IEnumerable<string> Texts(SpoolFile spool) => spool.Waiting().Select(record => Encoding.UTF8.GetString(record));
}
