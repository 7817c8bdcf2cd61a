# Run by CPack before it packs a .deb: Debian's zsh looks for the completions of packages in another directory.
if(CPACK_GENERATOR STREQUAL DEB)
  set(zsh ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/zsh)
  file(RENAME ${zsh}/site-functions ${zsh}/vendor-completions)
endif()
