using System.Runtime.InteropServices;

namespace DrOrchestrator.Commands;

/// <summary>Of one file or folder, a link not followed: whose it is, who may write it, and which it is. .NET tells no owner.</summary>
/// <param name="Id">Device and number of the file: the same for every way that leads to it.</param>
internal readonly record struct FileFacts(uint Owner, uint Group, UnixFileMode Mode, (uint Major, uint Minor, ulong Number) Id)
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicFacts = 0x7ff;

    /// <summary>The account this program runs as.</summary>
    public static uint OwnUser => EffectiveUser();

    /// <summary>Null where there is nothing, or where it may not be looked at.</summary>
    public static FileFacts? Of(string path, bool followLink = false)
    {
        // struct statx, laid out alike on every architecture: uid at 20, gid at 24, mode at 28, ino at 32, device at 136 and 140.
        var facts = new byte[256];
        return Statx(CurrentFolder, path, followLink ? 0 : NoFollow, BasicFacts, facts) == 0
            ? new FileFacts(
                Number(facts, 20),
                Number(facts, 24),
                (UnixFileMode)(BitConverter.ToUInt16(facts, 28) & 0xfff),
                (Number(facts, 136), Number(facts, 140), BitConverter.ToUInt64(facts, 32)))
            : null;
    }

    private static uint Number(byte[] facts, int at) => BitConverter.ToUInt32(facts, at);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] facts);

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint EffectiveUser();
}
