namespace Crm.Runtime.Journal;

/// <summary>The data was written by a newer program.</summary>
public sealed class SchemaTooNewException(long found, long known) : Exception($"schema-too-new: the data has schema {found}, this program knows {known}.");
