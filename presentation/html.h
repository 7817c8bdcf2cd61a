// report.html: the findings as one page without network, for people.
#ifndef PYSLOW_PRESENTATION_HTML_H_
#define PYSLOW_PRESENTATION_HTML_H_

#include <string>

#include "presentation/findings.h"

namespace pyslow::presentation {

// Valid UTF-8 whatever the names. The plots are drawn by `gnuplot`, a program; where that cannot be
// started or fails the page says so in their place, and is whole otherwise.
std::string HtmlReport(const Findings& findings, const std::string& gnuplot = "gnuplot");

}  // namespace pyslow::presentation

#endif  // PYSLOW_PRESENTATION_HTML_H_
