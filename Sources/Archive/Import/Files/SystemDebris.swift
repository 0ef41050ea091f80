/// Files that systems and editors leave beside people's own: locks, backups, previews. They are passed over, also where they have the
/// ending of a document.
enum SystemDebris {
    /// - Parameter name: a file's or folder's own name.
    static func contains(_ name: String) -> Bool {
        let name = name.lowercased()
        return names.contains(name) || beginnings.contains(where: name.hasPrefix) || name.hasSuffix("~")
            || name.hasPrefix("#") && name.hasSuffix("#") && name.utf8.count > 2
            || editorEndings.contains { name.hasSuffix($0) }
    }

    /// - Parameter path: within a ZIP archive.
    static func contains(path: String) -> Bool { path.split(separator: "/").contains { contains(String($0)) } }

    private static let names: Set<String> = [
        ".ds_store", "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", ".appledouble", ".spotlight-v100",
        ".trashes", ".fseventsd",
        "$recycle.bin", "system volume information", "@eadir", ".directory", "icon\r",
    ]
    /// Microsoft's and WPS's locks (`~$报告.docx`, `.~报告.docx`) and Word's copies (`~WRL0001.tmp`), LibreOffice's and Emacs's locks, macOS's
    /// attributes, and what NFS and FUSE keep of files that were removed while open.
    private static let beginnings = ["~$", ".~", "~wr", ".#", "._", ".nfs", ".fuse_hidden"]
    /// Vim's.
    private static let editorEndings = [".swp", ".swo", ".swn"]
}
