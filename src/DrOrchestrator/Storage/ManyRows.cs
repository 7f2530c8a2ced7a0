using System.Data;
using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Storage;

/// <summary>Writes many rows in few statements: a statement for each of ten thousand rows costs a journey each on PostgreSQL, and most of a core on SQLite.</summary>
/// <param name="Head">Up to and with <c>VALUES</c>.</param>
/// <param name="Tail">After the rows.</param>
internal sealed record ManyRows(string Head, string Tail, params DbType[] Columns)
{
    /// <summary>A statement is a journey on PostgreSQL.</summary>
    private const int RowsAtOnce = 100;

    /// <summary>SQLite finds a parameter by walking through the names of all of them.</summary>
    private const int RowsAtOnceInSqlite = 16;

    private string? _full;
    private string? _fullInSqlite;

    /// <summary>Writes the rows; no two of one call may have the same key.</summary>
    public void Write(WriteScope scope, IEnumerable<object?[]> rows)
    {
        var isSqlite = scope.Connection is SqliteConnection;
        var atOnce = isSqlite ? RowsAtOnceInSqlite : RowsAtOnce;
        DbCommand? full = null;
        try
        {
            foreach (var some in rows.Chunk(atOnce))
            {
                if (some.Length == atOnce)
                {
                    // The same statement with other values: nobody reads its text again.
                    full ??= Command(scope, isSqlite ? _fullInSqlite ??= Text(atOnce) : _full ??= Text(atOnce), atOnce);
                    Execute(full, some);
                }
                else
                {
                    using var rest = Command(scope, Text(some.Length), some.Length);
                    Execute(rest, some);
                }
            }
        }
        finally
        {
            full?.Dispose();
        }
    }

    private DbCommand Command(WriteScope scope, string text, int rows)
    {
        var command = scope.Connection.CreateCommand();
        (command.Transaction, command.CommandText) = (scope.Transaction, text);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < Columns.Length; column++)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.DbType) = (Name(row, column), Columns[column]);
                command.Parameters.Add(parameter);
            }
        }

        return command;
    }

    private static void Execute(DbCommand command, object?[][] rows)
    {
        var place = 0;
        foreach (var value in rows.SelectMany(row => row))
        {
            command.Parameters[place++].Value = value ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }

    private static string Name(int row, int column) => $"@p{row}_{column}";

    private string Text(int rows)
    {
        var text = new StringBuilder(Head);
        for (var row = 0; row < rows; row++)
        {
            text.Append(row == 0 ? " (" : ", (").AppendJoin(", ", Enumerable.Range(0, Columns.Length).Select(column => Name(row, column))).Append(')');
        }

        return text.Append(' ').Append(Tail).ToString();
    }
}
