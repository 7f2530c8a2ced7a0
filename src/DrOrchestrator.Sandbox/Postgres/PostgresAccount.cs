using System.Globalization;
using System.Runtime.InteropServices;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>The user of this machine as whom root runs PostgreSQL.</summary>
/// <param name="User">Number of the user.</param>
/// <param name="Group">Number of its group.</param>
public sealed record PostgresAccount(string Name, uint User, uint Group)
{
    internal IReadOnlyList<string> Prefix { get; } =
        ["setpriv", string.Create(CultureInfo.InvariantCulture, $"--reuid={User}"), string.Create(CultureInfo.InvariantCulture, $"--regid={Group}"), "--clear-groups"];

    /// <summary>The user of that name, or null where there is none.</summary>
    internal static PostgresAccount? Find(string name)
    {
        string[]? fields = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(f => f.Length > 3 && f[0] == name);
        return fields is not null
            && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint user)
            && uint.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out uint group)
            ? new PostgresAccount(name, user, group)
            : null;
    }

    /// <summary>Gives a file or folder to this user.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    internal void Own(string path)
    {
        if (ChangeOwner(path, User, Group) != 0)
        {
            throw new IOException($"{path} cannot be given to the user {Name}", new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint owner, uint group);
}
