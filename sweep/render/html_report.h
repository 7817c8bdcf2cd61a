// report.html: the findings as one page that needs no network.
#ifndef PYSLOW_SWEEP_RENDER_HTML_REPORT_H_
#define PYSLOW_SWEEP_RENDER_HTML_REPORT_H_

#include <string>

#include "sweep/model/findings.h"

namespace pyslow::render {

// Valid UTF-8 whatever bytes the names hold.
std::string HtmlReport(const model::Findings& findings);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_HTML_REPORT_H_
