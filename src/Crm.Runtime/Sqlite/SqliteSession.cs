using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace Crm.Runtime.Sqlite;

/// <summary>A failure that SQLite reports.</summary>
/// <param name="code">The extended result code.</param>
public sealed class SqliteException(int code, string message) : Exception($"SQLite {code}: {message}")
{
    public int Code { get; } = code;

    public bool IsFull => (Code & 0xff) == raw.SQLITE_FULL;

    public bool IsInputOutput => (Code & 0xff) is raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>What was asked for is at fault, not the file or the disk.</summary>
    public bool IsOnesOwn => (Code & 0xff) is raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG or raw.SQLITE_RANGE or raw.SQLITE_ERROR;

    public bool IsUnique => Code is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY;

    public bool IsBusy => (Code & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;
}

/// <summary>One connection with its prepared statements. For one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly GCHandle _known;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    static SqliteSession() => Batteries_V2.Init();

    public SqliteSession(string path, bool readOnly)
    {
        var flags = (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE) | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        Handle = handle;
        Check(code);
        raw.sqlite3_extended_result_codes(handle, 1);
        // or a plan would be made anew for every value that is bound to a "limit ?", which takes longer than reading a page
        Check(raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _));
        _known = SqliteIdSets.Register(this);
        Execute("pragma busy_timeout=5000");
        if (readOnly)
        {
            Execute("pragma query_only=1");
        }
    }

    public sqlite3 Handle { get; }

    /// <summary>The sets of ids that the query under way asks about.</summary>
    public IReadOnlyList<HashSet<Guid>> Sets { get; set; } = [];

    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>The prepared statement for a constant text; reset and unbound, whatever became of its last use.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            if (_statements.Count >= 512)
            {
                Forget();
            }

            Check(raw.sqlite3_prepare_v3(Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
            _statements[sql] = statement = new(this, handle);
        }

        statement.Renew();
        return statement;
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(Handle, sql));

    public long ReadLong(string sql) => Prepare(sql).ReadLong();

    public string ReadText(string sql)
    {
        var statement = Prepare(sql);
        var text = statement.Step() ? statement.Text(0) ?? "" : "";
        statement.Reset();
        return text;
    }

    public int Changes => raw.sqlite3_changes(Handle);

    public long LastRow => raw.sqlite3_last_insert_rowid(Handle);

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw Failure(code);
        }
    }

    public SqliteException Failure(int code) => new(Math.Max(code, raw.sqlite3_extended_errcode(Handle)), raw.sqlite3_errmsg(Handle).utf8_to_string());

    public void Dispose()
    {
        Forget();
        raw.sqlite3_close_v2(Handle);
        Handle.Dispose();
        _known.Free();
    }

    private void Forget()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Finish();
        }

        _statements.Clear();
    }
}

/// <summary>A prepared statement. Bind in order with <see cref="Add(long)"/> and its kin, then run or step; parameters begin at 1.</summary>
internal sealed class SqliteStatement(SqliteSession session, sqlite3_stmt handle)
{
    private int _next = 1;

    public SqliteStatement Add(long value)
    {
        Bound(raw.sqlite3_bind_int64(handle, _next++, value));
        return this;
    }

    public SqliteStatement AddNull()
    {
        Bound(raw.sqlite3_bind_null(handle, _next++));
        return this;
    }

    public SqliteStatement Add(string? value)
    {
        if (value is null)
        {
            return AddNull();
        }

        if (value.Length <= 512)
        {
            Span<byte> utf8 = stackalloc byte[value.Length * 3 + 1];
            Bound(raw.sqlite3_bind_text(handle, _next++, utf8[..Encoding.UTF8.GetBytes(value, utf8)]));
        }
        else
        {
            Bound(raw.sqlite3_bind_text(handle, _next++, Encoding.UTF8.GetBytes(value).AsSpan()));
        }

        return this;
    }

    public SqliteStatement Add(byte[]? value) => value is null ? AddNull() : Add(value.AsSpan());

    public SqliteStatement Add(ReadOnlySpan<byte> value)
    {
        Bound(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, _next++, 0) : raw.sqlite3_bind_blob(handle, _next++, value));
        return this;
    }

    public SqliteStatement Add(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Add((ReadOnlySpan<byte>)bytes);
    }

    public SqliteStatement Add(Cards.CardValue value) =>
        value.IsNull ? AddNull() : value.IsInteger ? Add(value.Integer) : value.Text is { } text ? Add(text) : Add(value.Bytes);

    /// <summary>Runs a statement without rows and makes it ready again.</summary>
    public void Run()
    {
        var code = raw.sqlite3_step(handle);
        var failure = code is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : session.Failure(code);
        Reset();
        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>True while there is a row to read. After false, or when done early, call <see cref="Reset"/>.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            var failure = session.Failure(code);
            Reset();
            throw failure;
        }

        return code == raw.SQLITE_ROW;
    }

    public void Renew()
    {
        if (_next > 1)
        {
            Reset();
        }
    }

    public void Reset()
    {
        raw.sqlite3_reset(handle);
        raw.sqlite3_clear_bindings(handle);
        _next = 1;
    }

    public long ReadLong(long otherwise = 0)
    {
        var value = Step() && !IsNull(0) ? Long(0) : otherwise;
        Reset();
        return value;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public string? Text(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public byte[] Blob(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : Blob(column);

    public Guid Guid(int column) => new(raw.sqlite3_column_blob(handle, column), bigEndian: true);

    public Cards.CardValue Value(int column) => raw.sqlite3_column_type(handle, column) switch
    {
        raw.SQLITE_INTEGER => Cards.CardValue.Of(Long(column)),
        raw.SQLITE_TEXT => Cards.CardValue.Of(Text(column)),
        raw.SQLITE_BLOB => Cards.CardValue.Of(Blob(column)),
        _ => Cards.CardValue.Null,
    };

    public void Finish() => handle.Dispose();

    private void Bound(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw session.Failure(code);
        }
    }
}
